import { SEVERITIES, type Advisory, type Severity } from './types.ts';
import type { Compare } from './versions/index.ts';

/** One advisory as a source has it. `upstream`: what it is the distribution's account of, which may be several. */
export type Told = Advisory & { readonly upstream?: readonly string[] };

/**
 * Advisories of one package, each vulnerability once: CVE, GHSA and PYSEC are names of one thing where one of them says
 * so. A bulletin (DSA, RHSA) about several is left out where each of these is there by itself.
 */
export function merged(told: readonly Told[], compare: Compare): readonly Advisory[] {
  const groups: Told[][] = [];
  for (const one of told.filter((it) => !isBulletinOf(it, told))) {
    const names = new Set(namesOf(one));
    const same = groups.filter((group) => group.some((it) => namesOf(it).some((name) => names.has(name))));
    for (const group of same) groups.splice(groups.indexOf(group), 1);
    groups.push([...same.flat(), one]);
  }
  return groups.map((group) => joined(group, compare)).toSorted(worstFirst);
}

/** With one thing upstream it is another name of that; with several it would make one of them all. */
const namesOf = ({ id, aliases, upstream = [] }: Told): readonly string[] => [id, ...aliases, ...(upstream.length === 1 ? upstream : [])];

function isBulletinOf({ upstream = [], id }: Told, all: readonly Told[]): boolean {
  const others = new Set(all.filter((it) => it.id !== id && (it.upstream?.length ?? 0) < 2).flatMap(namesOf));
  return upstream.length > 1 && upstream.every((name) => others.has(name));
}

function joined(group: readonly Told[], compare: Compare): Advisory {
  const names = [...new Set(group.flatMap(namesOf))];
  const id = names.find((name) => name.startsWith('CVE-')) ?? group[0]?.id ?? '';
  const rated = group.filter((it) => it.severity !== undefined).toSorted((a, b) => rank(b) - rank(a))[0];
  // The last one: it is free of it by everybody's account.
  const fixed = group.flatMap((it) => it.fixed ?? []).toSorted((a, b) => compare(b, a) ?? 0)[0];
  const summary = group.find((it) => it.summary !== undefined && it.summary !== '')?.summary;
  return {
    id,
    aliases: names.filter((name) => name !== id).toSorted(),
    ...(rated?.severity === undefined ? {} : { severity: rated.severity }),
    ...(rated?.score === undefined ? {} : { score: rated.score }),
    ...(fixed === undefined ? {} : { fixed }),
    ...(summary === undefined ? {} : { summary }),
    sources: [...new Set(group.flatMap((it) => it.sources))].toSorted(),
  };
}

const rank = ({ severity, score }: { readonly severity?: Severity | undefined; readonly score?: number | undefined }): number =>
  severity === undefined ? -1 : SEVERITIES.indexOf(severity) + (score ?? 0) / 100;

const worstFirst = (a: Advisory, b: Advisory): number => rank(b) - rank(a) || (a.id < b.id ? -1 : 1);
