import { once } from '../base/index.ts';
import type { Store } from '../base/node.ts';
import type { Image } from '../image/index.ts';
import type { SubjectParts } from '../prove/index.ts';
import type { ProofOptions } from './options.ts';
import type { Project } from './project.ts';
import type { Screen } from './ship-project.ts';

const GATE = 'vulnerabilities';
/** A proof is often made again: answers of the last hour do. */
const FOR_MS = 3_600_000;
/** A proof waits for nobody for long. */
const WITHIN_MS = 8_000;

/** The scan of an image for its proof; undefined where neither plimsoll.yaml nor `--only` asks for one, because a proof needs no network. */
export function scannedFor(
  image: Image,
  project: Project | undefined,
  { only, skip }: ProofOptions,
  store: Store,
  screen: Screen,
): SubjectParts['scanned'] {
  const isWanted = only === undefined ? project?.config.scan !== undefined && !skip?.includes(GATE) : only.includes(GATE);
  if (!isWanted) return undefined;
  return once(async () => {
    const { scanImage } = await import('./scan-image.ts');
    return scanImage(image, project, {}, { store, screen, forMs: FOR_MS, withinMs: WITHIN_MS });
  });
}
