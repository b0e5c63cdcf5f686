import { certain } from '../../../base/index.ts';
import { reader } from '../../reader.ts';
import { withLocked } from './locked.ts';
import type { ManifestFacts, ManifestInput } from './manifest.ts';
import { projectRequirements, pyprojectOf } from './pyproject.ts';
import { isProblem, stringAt } from './toml.ts';
import { uvLockOf } from './workspace.ts';

export const uvLock = reader({
  id: 'python/manifests/uv-lock',
  about: "uv's lock file, beside pyproject.toml or at the root of its workspace.",
  source: "uv's manual, “Locking and syncing”",
  reads: ['uv.lock'],
  async read(repository: ManifestInput): Promise<ManifestFacts> {
    const manifest = await pyprojectOf(repository);
    const found = manifest && !isProblem(manifest) ? await uvLockOf(repository) : undefined;
    if (!found || !manifest || isProblem(manifest)) return {};
    if (isProblem(found)) return { problems: [found] };
    const { lock, own, above } = found;
    const { file } = lock;
    const member = above && own ? stringAt(own, 'name')?.value : undefined;
    const requires = stringAt(lock.root, 'requires-python');
    const version = file.lines()[0] ?? { from: 0, to: 0 };
    return {
      ...(requires ? { requires: certain(requires.value, file.at(requires.span)) } : {}),
      dependencies: certain(
        { kind: 'uv.lock', file: file.path, manifest: manifest.file.path, ...(member === undefined ? {} : { member }) },
        file.at(version),
      ),
      requirements: withLocked(projectRequirements(manifest, repository.sets).facts, lock),
    };
  },
});
