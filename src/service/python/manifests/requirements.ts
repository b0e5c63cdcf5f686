import { certain, inferred, type Fact, normalizedName } from '../../../base/index.ts';
import { reader } from '../../reader.ts';
import { folderOf, joinPath, type Repository } from '../../repository.ts';
import type { TextFile } from '../../text.ts';
import type { Problem, Requirement } from '../../types.ts';
import { parseRequirements, type Entry } from '../requirements/file.ts';
import { isPinned, type ParsedRequirement } from '../requirements/requirement.ts';
import type { ManifestFacts, ManifestInput } from './manifest.ts';

export const requirementsManifest = reader({
  id: 'python/manifests/requirements',
  about: 'Requirements files, with everything they include.',
  source: "pip's manual, “Requirements File Format”; PEP 508",
  reads: ['**/requirements*.txt', 'requirements/*.txt'],
  async read(repository: ManifestInput): Promise<ManifestFacts> {
    const named = repository.requirementsFile;
    const file = named && (await repository.text(named.value));
    if (!named || !file) return {};
    const walk: Walk = { repository, files: [], entries: [], problems: [] };
    await collect(file, 'include', walk);
    const wanted = walk.entries.filter((e) => !e.constraint);
    const requirements = wanted.flatMap((e) => (e.entry.kind === 'requirement' ? [{ ...e.entry, file: e.file }] : []));
    // `-e .` alone: the project's own manifest says what it needs.
    const locations = wanted.flatMap((e) => (e.entry.kind === 'location' ? [{ ...e.entry, file: e.file }] : []));
    const isOwn = ({ target }: { target: string }): boolean => joinPath('', target.replace(/\[.*$/, '')) === '';
    if (requirements.length === 0 && locations.length > 0 && locations.every(isOwn)) return { problems: walk.problems };
    const [first] = requirements;
    const [location] = locations;
    const evidence = first
      ? first.file.at(first.requirement.span)
      : location
        ? location.file.at(location.span)
        : inferred('requirements/empty', `\`${file.path}\` names no package`);
    const source = {
      kind: 'requirements',
      files: [...new Set(walk.files)],
      pinned: requirements.every((r) => r.requirement.url !== undefined || isPinned(r.requirement.specifier)),
      hashed: requirements.length > 0 && requirements.every((r) => r.hashes > 0),
    } as const;
    // What chose this file among several, after its first line.
    const why = named.because.filter((each) => each.from !== 'rule');
    return {
      dependencies: { value: source, confidence: named.confidence, because: [evidence, ...why] },
      requirements: requirements.map((r) => requirementFact(r.requirement, r.file)),
      problems: walk.problems,
    };
  },
});

interface Walk {
  readonly repository: Repository;
  readonly files: string[];
  readonly entries: { readonly entry: Entry; readonly file: TextFile; readonly constraint: boolean }[];
  readonly problems: Problem[];
}

/** A file's entries and those of what it includes, in order; a file included twice is read once, so cycles end. */
async function collect(file: TextFile, as: 'include' | 'constraint', walk: Walk): Promise<void> {
  if (walk.files.includes(file.path)) return;
  walk.files.push(file.path);
  for (const entry of parseRequirements(file)) {
    if (entry.kind === 'include' || entry.kind === 'constraint') {
      const next = await included(entry, file, walk);
      if (next) await collect(next, as === 'constraint' ? 'constraint' : entry.kind, walk);
    } else {
      walk.entries.push({ entry, file, constraint: as === 'constraint' });
      if (entry.kind === 'unreadable')
        walk.problems.push({
          at: file.place(entry.span.from),
          what: `\`${file.text.slice(entry.span.from, entry.span.to)}\` is no requirement`,
          hint: 'write `name==version`, as PEP 508 has it',
          fatal: true,
        });
    }
  }
}

async function included(
  entry: Extract<Entry, { kind: 'include' | 'constraint' }>,
  file: TextFile,
  walk: Walk,
): Promise<TextFile | undefined> {
  if (/^[a-z]+:\/\//.test(entry.target)) {
    walk.problems.push({
      at: file.place(entry.span.from),
      what: `\`${entry.target}\` is on the network, so it was not read`,
      hint: 'keep a copy in the repository',
    });
    return undefined;
  }
  // Relative to the file that includes it: pip's manual.
  const path = joinPath(folderOf(file.path), entry.target);
  const found = path === undefined ? undefined : await walk.repository.text(path);
  if (!found)
    walk.problems.push({
      at: file.place(entry.span.from),
      what: `includes \`${entry.target}\`, which is ${path === undefined ? 'outside of the folder' : 'not there'}`,
      hint: 'add the file, or take the line out',
      fatal: true,
    });
  return found;
}

/** A requirement as a fact, by its normalised name. */
export function requirementFact(r: ParsedRequirement, file: TextFile): Fact<Requirement> {
  const value = {
    name: normalizedName(r.name),
    extras: r.extras,
    specifier: r.specifier,
    ...(r.url === undefined ? {} : { url: r.url }),
    ...(r.marker === undefined ? {} : { marker: r.marker }),
  };
  return certain(value, file.at(r.span));
}
