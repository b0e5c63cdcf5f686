import { certain } from '../../../base/index.ts';
import { reader } from '../../reader.ts';
import { withLocked } from './locked.ts';
import type { ManifestFacts, ManifestInput } from './manifest.ts';
import { projectRequirements, pyprojectOf } from './pyproject.ts';
import { isProblem, parseToml } from './toml.ts';

export const pdmLock = reader({
  id: 'python/manifests/pdm-lock',
  about: "PDM's lock file, when pyproject.toml is beside it.",
  source: "PDM's manual, “Lock file”",
  reads: ['pdm.lock'],
  async read(repository: ManifestInput): Promise<ManifestFacts> {
    const file = await repository.text('pdm.lock');
    const manifest = await pyprojectOf(repository);
    if (!file || !manifest || isProblem(manifest)) return {};
    const lock = parseToml(file);
    if (isProblem(lock)) return { problems: [lock] };
    const head = file.at(file.lines()[0] ?? { from: 0, to: 0 });
    return {
      dependencies: certain({ kind: 'pdm.lock', file: file.path, manifest: manifest.file.path }, head),
      requirements: withLocked(projectRequirements(manifest, repository.sets).facts, lock),
    };
  },
});
