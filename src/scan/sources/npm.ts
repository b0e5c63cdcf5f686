import { shape } from '../../base/index.ts';
import { askJson } from '../ask.ts';
import { ratedVector, ratedWord } from '../severity.ts';
import type { Told } from '../advisories.ts';
import { silence, type Answer, type ScannedPackage, type Source } from '../types.ts';
import { compareSemantic, endsOf, inRange } from '../versions/semantic.ts';

/** What a registry of npm says of all packages at once: the bulk advisories that `npm audit` asks for. */
export const npm = (registry: string): Source => ({
  id: 'npm',
  name: 'the registry of npm',
  concerns: ({ ecosystem }) => ecosystem === 'npm',
  async ask(packages, job) {
    const versions = new Map<string, Set<string>>();
    for (const { name, version } of packages) versions.set(name, (versions.get(name) ?? new Set()).add(version));
    const question = Object.fromEntries([...versions].map(([name, set]) => [name, [...set]]));
    const asked = await askJson(`${registry.replace(/\/+$/, '')}/-/npm/v1/security/advisories/bulk`, job, question);
    const why = asked.ok ? 'the registry of npm answers with what is no list of advisories' : asked.why;
    if (!asked.ok || answerShape(asked.value, '').length > 0) return new Map(packages.map((one) => [one, silence(why)]));
    // A Map: packages may be called `constructor`.
    const all = new Map(Object.entries(asked.value as Readonly<Record<string, readonly BulkAdvisory[]>>));
    // A message of an error has names of its own.
    if (![...all.keys()].every((name) => versions.has(name))) return new Map(packages.map((one) => [one, silence(why)]));
    return new Map(packages.map((one) => [one, answerOf(one, all.get(one.name) ?? [], asked.asOf)]));
  },
});

const { listOf, mapOf, object, text } = shape;
const anyObject = object({}, { vectorString: text });
const answerShape = mapOf(listOf(object({}, { url: text, title: text, severity: text, vulnerable_versions: text, cvss: anyObject })));

/** Of npm's `@npmcli/metavuln-calculator` and its registry's answers. */
interface BulkAdvisory {
  readonly id: number;
  readonly url?: string | null;
  readonly title?: string | null;
  readonly severity?: string | null;
  readonly vulnerable_versions?: string | null;
  readonly cvss?: null | { readonly score?: number; readonly vectorString?: string | null };
}

function answerOf(one: ScannedPackage, advisories: readonly BulkAdvisory[], asOf: string): Answer {
  const judged = advisories.map((it) => ({ it, concerns: inRange(one.version, it.vulnerable_versions ?? '?') }));
  const told = judged.filter(({ concerns }) => concerns === true).map(({ it }) => toldOf(one, it));
  const unsure = judged
    .filter(({ concerns }) => concerns === undefined)
    .map(({ it }) => `${idOf(it)} is of ${it.vulnerable_versions ?? 'unknown versions'}`);
  return { answered: true, told, asOf, ...(unsure.length > 0 ? { unsure } : {}) };
}

const idOf = ({ id, url }: BulkAdvisory): string => /GHSA(?:-[0-9a-z]{4}){3}/.exec(url ?? '')?.[0] ?? `npm:${id}`;

function toldOf(one: ScannedPackage, advisory: BulkAdvisory): Told {
  const { title, severity, cvss, vulnerable_versions: range } = advisory;
  const [fixed] = endsOf(one.version, range ?? '').toSorted((a, b) => compareSemantic(b, a) ?? 0);
  // The maker's word is what `npm audit` shows; the score comes along where it says the same.
  const scored = ratedVector(cvss?.vectorString ?? '');
  const rated = ratedWord(severity) ?? scored;
  return {
    id: idOf(advisory),
    aliases: [],
    sources: ['npm'],
    ...(rated ? { severity: rated.severity } : {}),
    ...(scored?.score === undefined || scored.severity !== rated?.severity ? {} : { score: scored.score }),
    ...(fixed === undefined ? {} : { fixed }),
    ...(title == null ? {} : { summary: title }),
  };
}
