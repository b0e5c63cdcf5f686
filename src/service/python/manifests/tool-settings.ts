import { likely } from '../../../base/index.ts';
import { reader } from '../../reader.ts';
import type { Repository } from '../../repository.ts';
import type { ManifestFacts } from './manifest.ts';
import { pyprojectOf } from './pyproject.ts';
import { isProblem, stringAt } from './toml.ts';

/** Settings that name one version, the one that the code is checked or formatted for. */
const PLACES = [
  ['tool', 'mypy', 'python_version'],
  ['tool', 'pyright', 'pythonVersion'],
  ['tool', 'ruff', 'target-version'],
] as const;

export const toolSettings = reader({
  id: 'python/manifests/tool-settings',
  about: "The interpreter that tools check the code for: mypy's, pyright's and ruff's settings.",
  source: 'the manuals of mypy (“python_version”), pyright (“pythonVersion”), ruff (“target-version”)',
  reads: ['pyproject.toml'],
  async read(repository: Repository): Promise<ManifestFacts> {
    const found = await pyprojectOf(repository);
    if (!found || isProblem(found)) return {};
    for (const place of PLACES) {
      const written = stringAt(found.root, ...place);
      // ruff writes `py311`.
      const version = written && /^(?:py)?(\d)\.?(\d+)$/.exec(written.value);
      if (written && version) return { interpreter: likely(`${version[1]}.${version[2]}`, found.file.at(written.span)) };
    }
    return {};
  },
});
