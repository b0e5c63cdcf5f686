import type { Store } from '../base/node.ts';
import { anew, directEngine, REVISION, type Lock } from '../build/index.ts';
import type { Image } from '../image/index.ts';
import { isOfDirectEngine } from './made-by.ts';
import type { ProofOptions } from './options.ts';
import type { Project } from './project.ts';
import type { Screen } from './ship-project.ts';

/** The gate that a second build is for. It takes as long as a first one, so it is made only where the gate is named. */
const GATE = 'reproducible';

/** Builds a project's image a second time as it was built, date and lock included; undefined where nobody asked, or another engine made it. */
export async function rebuildOf(
  image: Image,
  project: Project,
  { only }: ProofOptions,
  store: Store,
  { progress, signal }: Screen,
  lock: Lock | undefined,
): Promise<(() => Promise<Image>) | undefined> {
  if (!only?.includes(GATE) || !(await isOfDirectEngine(image))) return undefined;
  return async () => {
    const { os, architecture, created, config } = await image.config();
    const revision = config?.Labels?.[REVISION];
    const built = await anew(directEngine).build(project.plan, project.files, {
      platform: { os, architecture },
      store,
      progress,
      createdSeconds: Math.floor(Date.parse(created ?? '1970-01-01T00:00:00Z') / 1000),
      ...(revision === undefined ? {} : { revision }),
      folder: project.root,
      ...(lock ? { lock } : {}),
      locked: lock !== undefined,
      signal,
    });
    return built.image;
  };
}
