import { certain, inferred, type Fact } from '../../../base/index.ts';
import { reader } from '../../reader.ts';
import type { TextFile } from '../../text.ts';
import type { Problem, Requirement } from '../../types.ts';
import { parseRequirement } from '../requirements/requirement.ts';
import type { Written } from '../setuptools/declared.ts';
import { declaredBy } from '../setuptools/read.ts';
import type { ManifestFacts, ManifestInput } from './manifest.ts';
import { labelOf } from './pyproject.ts';
import { requirementFact } from './requirements.ts';

export const setuptools = reader({
  id: 'python/manifests/setuptools',
  about: 'What setup.cfg and setup.py declare; setup.py is read, never run.',
  source: 'setuptools’ manual, “Keywords”, “Configuring setuptools using setup.cfg files”',
  reads: ['setup.cfg', 'setup.py'],
  async read(repository: ManifestInput): Promise<ManifestFacts> {
    const found = await declaredBy(repository);
    // setup.cfg is stronger than what setup.py gives to `setup()`.
    const fact = (key: 'name' | 'version' | 'description' | 'requires'): Fact<string> | undefined => {
      const holder = found.find((d) => d[key]);
      const written = holder?.[key];
      return holder && written && certain(key === 'name' ? labelOf(written.text) : written.text, holder.file.at(written.span));
    };
    const [name, version, description, requires] = [fact('name'), fact('version'), fact('description'), fact('requires')];
    const main = found.find((d) => d.install);
    const wanted = found.flatMap((d) =>
      repository.sets.extras.flatMap((extra) => (d.extras.get(extra) ?? []).map((w) => [d.file, w] as const)),
    );
    const lines = [...(main ? (main.install ?? []).map((w) => [main.file, w] as const) : []), ...wanted];
    const { facts, problems, texts } = requirementsOf(lines);
    const [first] = facts;
    return {
      ...(name ? { name } : {}),
      ...(version ? { version } : {}),
      ...(description ? { description } : {}),
      ...(requires ? { requires } : {}),
      ...(main && main.from === undefined
        ? {
            dependencies: certain(
              { kind: 'setuptools', file: main.file.path, requirements: texts },
              first ? first.because[0] : inferred('setuptools/empty', `\`${main.file.path}\` names no package`),
            ),
            requirements: facts,
          }
        : {}),
      problems: [...found.flatMap((d) => d.problems), ...problems],
    };
  },
});

function requirementsOf(lines: readonly (readonly [TextFile, Written])[]): {
  readonly facts: readonly Fact<Requirement>[];
  readonly problems: readonly Problem[];
  readonly texts: readonly string[];
} {
  const facts: Fact<Requirement>[] = [];
  const problems: Problem[] = [];
  for (const [file, { text, span }] of lines) {
    const read = parseRequirement(text, { from: 0, to: text.length });
    if (read) facts.push(requirementFact({ ...read, span }, file));
    else
      problems.push({
        at: file.place(span.from),
        what: `\`${text}\` is no requirement`,
        hint: 'write `name>=1.2`, as PEP 508 has it',
        fatal: true,
      });
  }
  return { facts, problems, texts: lines.map(([, { text }]) => text) };
}
