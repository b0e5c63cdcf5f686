import { certain } from '../../../base/index.ts';
import { reader } from '../../reader.ts';
import { withLocked } from './locked.ts';
import type { ManifestFacts, ManifestInput } from './manifest.ts';
import { projectRequirements, pyprojectOf } from './pyproject.ts';
import { isProblem, parseToml, stringAt } from './toml.ts';

export const uvLock = reader({
  id: 'python/manifests/uv-lock',
  about: "uv's lock file, when pyproject.toml is beside it.",
  source: "uv's manual, “Locking and syncing”",
  reads: ['uv.lock'],
  async read(repository: ManifestInput): Promise<ManifestFacts> {
    const file = await repository.text('uv.lock');
    const manifest = await pyprojectOf(repository);
    if (!file || !manifest || isProblem(manifest)) return {};
    const lock = parseToml(file);
    if (isProblem(lock)) return { problems: [lock] };
    const requires = stringAt(lock.root, 'requires-python');
    const version = file.lines()[0] ?? { from: 0, to: 0 };
    return {
      ...(requires ? { requires: certain(requires.value, file.at(requires.span)) } : {}),
      dependencies: certain({ kind: 'uv.lock', file: file.path, manifest: manifest.file.path }, file.at(version)),
      requirements: withLocked(projectRequirements(manifest, repository.sets).facts, lock),
    };
  },
});
