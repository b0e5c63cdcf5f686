import { certain, normalizedName } from '../../../base/index.ts';
import { reader } from '../../reader.ts';
import { withLocked } from './locked.ts';
import type { ManifestFacts, ManifestInput } from './manifest.ts';
import { projectRequirements, pyprojectOf } from './pyproject.ts';
import { isProblem, itemsAt, parseToml, stringAt } from './toml.ts';

export const pylock = reader({
  id: 'python/manifests/pylock',
  about: 'pylock.toml, the lock file that several installers read.',
  source: 'PEP 751; packaging.python.org, “pylock.toml specification”',
  reads: ['pylock.toml'],
  async read(repository: ManifestInput): Promise<ManifestFacts> {
    const file = await repository.text('pylock.toml');
    if (!file) return {};
    const lock = parseToml(file);
    if (isProblem(lock)) return { problems: [lock] };
    const requires = stringAt(lock.root, 'requires-python');
    const manifest = await pyprojectOf(repository);
    const own = manifest && !isProblem(manifest) ? projectRequirements(manifest, repository.sets).facts : [];
    // Without a manifest nobody can tell what is direct: all of it may be.
    const locked = itemsAt(lock.root, 'packages').flatMap((item) => {
      const name = stringAt(item, 'name');
      const version = stringAt(item, 'version');
      const requirement = { name: normalizedName(name?.value ?? ''), extras: [], specifier: version ? `==${version.value}` : '' };
      return name ? [certain(requirement, file.at(name.span))] : [];
    });
    return {
      ...(requires ? { requires: certain(requires.value, file.at(requires.span)) } : {}),
      dependencies: certain({ kind: 'pylock.toml', file: file.path }, file.at(file.lines()[0] ?? { from: 0, to: 0 })),
      requirements: withLocked(own.length > 0 ? own : locked, lock, 'packages'),
    };
  },
});
