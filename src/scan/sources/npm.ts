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
    const isAnswer = asked.ok && typeof asked.value === 'object' && asked.value !== null && !Array.isArray(asked.value);
    const why = asked.ok ? 'the registry of npm answers with what is no list of advisories' : asked.why;
    if (!asked.ok || !isAnswer) return new Map(packages.map((one) => [one, silence(why)]));
    const all = asked.value as Readonly<Record<string, readonly BulkAdvisory[]>>;
    return new Map(packages.map((one) => [one, answerOf(one, all[one.name] ?? [], asked.asOf)]));
  },
});

/** Of npm's `@npmcli/metavuln-calculator` and its registry's answers. */
interface BulkAdvisory {
  readonly id: number;
  readonly url?: string;
  readonly title?: string;
  readonly severity?: string;
  readonly vulnerable_versions?: string;
  readonly cvss?: { readonly score?: number; readonly vectorString?: string | null };
}

function answerOf(one: ScannedPackage, advisories: readonly BulkAdvisory[], asOf: string): Answer {
  const judged = advisories.map((it) => ({ it, concerns: inRange(one.version, it.vulnerable_versions ?? '?') }));
  const told = judged.filter(({ concerns }) => concerns === true).map(({ it }) => toldOf(one, it));
  const unsure = judged
    .filter(({ concerns }) => concerns === undefined)
    .map(({ it }) => `${idOf(it)} is of ${it.vulnerable_versions ?? 'unknown versions'}`);
  return { answered: true, told, asOf, ...(unsure.length > 0 ? { unsure } : {}) };
}

const idOf = ({ id, url = '' }: BulkAdvisory): string => /GHSA(?:-[0-9a-z]{4}){3}/.exec(url)?.[0] ?? `npm:${id}`;

function toldOf(one: ScannedPackage, advisory: BulkAdvisory): Told {
  const { title, severity, cvss, vulnerable_versions: range = '' } = advisory;
  const [fixed] = endsOf(one.version, range).toSorted((a, b) => compareSemantic(b, a) ?? 0);
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
    ...(title === undefined ? {} : { summary: title }),
  };
}
