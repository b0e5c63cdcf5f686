import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../../base/index.ts';
import { keyOf, runProcess } from '../../../base/node.ts';
import { writeLayer, type BuiltLayer } from '../../../image/index.ts';
import type { PythonLock } from '../../types.ts';
import { CREATED_BY } from '../created-by.ts';
import { dependencyEntries, installWheels, lastLine, launcherOf, uvEnvironment } from '../python/index.ts';
import { ENGINE_VERSION } from '../version.ts';
import type { Workshop } from './workshop.ts';

/** Exact versions, with hashes, of what a back end is made of: those of plimsoll.lock, where it has them. */
export async function lockRequirements(requires: readonly string[], shop: Workshop): Promise<PythonLock> {
  const { plan, job } = shop;
  const inputs = keyOf({ requires: requires.toSorted(), python: plan.recipe.python.version });
  const known = job.lock?.backends?.find((each) => each.inputs === inputs);
  if (known) return known;
  if (job.locked)
    throw new UserError(
      'plimsoll.lock does not say what the packages of the repository are built with',
      'run once without `--locked`, and commit plimsoll.lock',
      {
        file: 'plimsoll.lock',
      },
    );
  return { inputs, requirements: requires.length === 0 ? '' : await resolved(requires, shop) };
}

async function resolved(requires: readonly string[], { job, tools }: Workshop): Promise<string> {
  const folder = await job.store.temporary();
  const [python, uv] = await Promise.all([tools.python(), tools.uv()]);
  await writeFile(join(folder, 'build.in'), `${requires.join('\n')}\n`);
  const options = '--universal --generate-hashes --only-binary :all: --no-header --no-annotate --quiet'.split(' ');
  const launcher = await launcherOf(python, folder);
  const end = await runProcess({
    argv: [uv, 'pip', 'compile', 'build.in', '-o', 'build.txt', '--python', launcher, '--python-version', python.version, ...options],
    cwd: folder,
    env: uvEnvironment(),
    timeoutMs: 600_000,
    signal: job.signal,
  });
  if (end.code === 0) return readFile(join(folder, 'build.txt'), 'utf8');
  throw new UserError(
    `what a package is built with (${requires.join(', ')}) cannot be had as wheels: ${lastLine(end)}`,
    'mend `requires` in its `[build-system]`, or write a Dockerfile, and build that: `--engine buildkit`',
  );
}

/** The layer that holds a back end, for the containers that build; part of no image. */
export async function backendLayer({ requirements }: PythonLock, shop: Workshop): Promise<BuiltLayer | undefined> {
  if (requirements === '') return undefined;
  const { plan, job, tools, platform, base } = shop;
  const { place } = base;
  const key = keyOf({ ENGINE_VERSION, backend: requirements, platform, place, python: plan.recipe.python.version });
  return job.store.once<BuiltLayer>('layers', key, async () => {
    const [python, uv] = await Promise.all([tools.python(), tools.uv()]);
    const folder = await job.store.temporary();
    const target = await installWheels({ uv, python, platform, requirements, folder });
    const entries = await dependencyEntries({ target, place, stripDebug: false });
    const options = { mtimeSeconds: 0, createdBy: `${CREATED_BY}build requirements`, hidden: await base.replaced(entries) };
    const layer = await writeLayer(entries, options, job.store);
    return { value: layer, blobs: [layer.descriptor.digest] };
  });
}
