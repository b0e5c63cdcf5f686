import { certain } from '../../../base/index.ts';
import { reader } from '../../reader.ts';
import { withLocked } from './locked.ts';
import type { ManifestFacts, ManifestInput } from './manifest.ts';
import { poetryRequirements } from './poetry.ts';
import { fromPoetry } from './poetry-version.ts';
import { projectRequirements, pyprojectOf } from './pyproject.ts';
import { isProblem, parseToml, stringAt } from './toml.ts';

export const poetryLock = reader({
  id: 'python/manifests/poetry-lock',
  about: "Poetry's lock file, when pyproject.toml is beside it.",
  source: "poetry's manual, “Installing dependencies”",
  reads: ['poetry.lock'],
  async read(repository: ManifestInput): Promise<ManifestFacts> {
    const file = await repository.text('poetry.lock');
    const manifest = await pyprojectOf(repository);
    if (!file || !manifest || isProblem(manifest)) return {};
    const lock = parseToml(file);
    if (isProblem(lock)) return { problems: [lock] };
    const python = stringAt(lock.root, 'metadata', 'python-versions');
    const requires = python && fromPoetry(python.value);
    const own = poetryRequirements(manifest, repository.sets).facts;
    const project = projectRequirements(manifest, repository.sets).facts;
    return {
      ...(python && requires !== undefined && requires !== '' ? { requires: certain(requires, file.at(python.span)) } : {}),
      dependencies: certain(
        { kind: 'poetry.lock', file: file.path, manifest: manifest.file.path },
        file.at(file.lines()[0] ?? { from: 0, to: 0 }),
      ),
      requirements: withLocked([...project, ...own.filter((o) => !project.some((p) => p.value.name === o.value.name))], lock),
    };
  },
});
