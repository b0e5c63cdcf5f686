import { certain, type Fact } from '../../../base/index.ts';
import { reader } from '../../reader.ts';
import type { Repository } from '../../repository.ts';
import type { Span, TextFile } from '../../text.ts';
import type { DependencySets, Problem, Requirement } from '../../types.ts';
import { parseRequirement } from '../requirements/requirement.ts';
import type { ManifestFacts, ManifestInput } from './manifest.ts';
import { itemsOfSets } from './project-sets.ts';
import { requirementFact } from './requirements.ts';
import { entryAt, isProblem, itemsAt, pairsAt, parseToml, stringAt, type Toml, type TomlFile } from './toml.ts';

export const pyproject = reader({
  id: 'python/manifests/pyproject',
  about: 'The project table of pyproject.toml: name, version, interpreter, dependencies.',
  source: 'PEP 621; packaging.python.org, “pyproject.toml specification”',
  reads: ['pyproject.toml'],
  async read(repository: ManifestInput): Promise<ManifestFacts> {
    const found = await pyprojectOf(repository);
    if (!found) return {};
    if (isProblem(found)) return { problems: [found] };
    const { file, root } = found;
    const fact = (...path: readonly string[]): Fact<string> | undefined => {
      const written = stringAt(root, ...path);
      return written && certain(written.value, file.at(written.span));
    };
    const name = fact('project', 'name');
    const version = fact('project', 'version');
    const description = fact('project', 'description');
    const requires = fact('project', 'requires-python');
    const licence = fact('project', 'license');
    const source = sourceOf(found);
    const declared = entryAt(root, ['project', 'dependencies']);
    const requirements = projectRequirements(found, repository.sets);
    return {
      ...(name ? { name: certain(labelOf(name.value), ...name.because) } : {}),
      ...(version ? { version } : {}),
      ...(description ? { description } : {}),
      ...(licence ? { licence } : {}),
      ...(source ? { source } : {}),
      ...(requires ? { requires } : {}),
      ...(declared
        ? {
            dependencies: certain({ kind: 'pyproject', file: file.path }, file.at(headOf(file, declared.span))),
            requirements: requirements.facts,
          }
        : {}),
      problems: requirements.problems,
    };
  },
});

/** Well-known labels of `project.urls`, normalized: packaging.python.org, “Well-known Project URLs in Metadata”. */
const SOURCE = new Set(['source', 'repository', 'sourcecode', 'github']);

function sourceOf({ file, root }: TomlFile): Fact<string> | undefined {
  for (const [label] of pairsAt(root, 'project', 'urls')) {
    const written = SOURCE.has(label.replaceAll(/[^\p{L}\p{N}]/gu, '').toLowerCase())
      ? stringAt(root, 'project', 'urls', label)
      : undefined;
    if (written) return certain(written.value, file.at(written.span));
  }
  return undefined;
}

/** PEP 503's name is nearly a DNS label. */
export const labelOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');

/** The first line of something long. */
function headOf(file: TextFile, span: Span): Span {
  const end = file.text.indexOf('\n', span.from);
  return { from: span.from, to: end < 0 || end > span.to ? span.to : end };
}

/** The repository's pyproject.toml; undefined when there is none. */
export async function pyprojectOf(repository: Repository): Promise<TomlFile | Problem | undefined> {
  const file = await repository.text('pyproject.toml');
  return file && parseToml(file);
}

export interface Requirements {
  readonly facts: readonly Fact<Requirement>[];
  readonly problems: readonly Problem[];
}

/** `project.dependencies`, which every installation needs, and those of the chosen sets. */
export const projectRequirements = (found: TomlFile, sets: DependencySets): Requirements =>
  requirementsIn([...itemsAt(found.root, 'project', 'dependencies'), ...itemsOfSets(found, sets)], found.file);

/** PEP 508 strings of an array, each with its place. */
export function requirementsIn(items: readonly Toml[], file: TextFile): Requirements {
  const facts: Fact<Requirement>[] = [];
  const problems: Problem[] = [];
  for (const item of items) {
    if (item.kind !== 'string') continue;
    const quote = file.text.startsWith('"""', item.from) || file.text.startsWith("'''", item.from) ? 3 : 1;
    const inside = { from: item.from + quote, to: item.to - quote };
    // Escapes shift places; then the whole literal is the evidence.
    const plain = file.text.slice(inside.from, inside.to) === item.value;
    const read = plain ? parseRequirement(file.text, inside) : parseRequirement(item.value, { from: 0, to: item.value.length });
    if (read) facts.push(requirementFact(plain ? read : { ...read, span: item }, file));
    else
      problems.push({
        at: file.place(item.from),
        what: `\`${item.value}\` is no requirement`,
        hint: 'write `name>=1.2`, as PEP 508 has it',
        fatal: true,
      });
  }
  return { facts, problems };
}
