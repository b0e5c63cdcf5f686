import { readFile, stat } from 'node:fs/promises';
import { compareVersions, errorCode, shape } from '../../base/index.ts';
import { askJson, type Asked } from '../ask.ts';
import { ratedWord } from '../severity.ts';
import type { Told } from '../advisories.ts';
import { silence, type Answer, type AskJob, type ScannedPackage, type Source } from '../types.ts';

/** It is one file of some 70 MB. */
const WITHIN_MS = 120_000;

/** Debian's security tracker, all of it, by its address or as a file: also what nobody has fixed, with Debian's own word on urgency. */
export const debianTracker = (where: string): Source => ({
  id: 'debian-tracker',
  name: 'Debian’s security tracker',
  concerns: ({ ecosystem, distribution }) => ecosystem === 'debian' && distribution?.id === 'debian',
  async ask(packages, job) {
    const asked = await documentAt(where, job);
    if (!asked.ok) return new Map(packages.map((one) => [one, silence(asked.why)]));
    const tracker = asked.value as Tracker | null;
    if (trackerShape(tracker, '').length > 0)
      return new Map(packages.map((one) => [one, silence('what Debian’s tracker answers is not the document that it is known for')]));
    const isTracker = tracker !== null && Object.values(tracker).some(knowsReleases);
    if (!isTracker) return new Map(packages.map((one) => [one, silence('what Debian’s tracker answers names no release')]));
    const releases = releasesIn(tracker);
    return new Map(packages.map((one) => [one, answerOf(one, tracker, releases, asked.asOf)]));
  },
});

type Tracker = Readonly<Record<string, Readonly<Record<string, Issue>>>>;

interface Issue {
  readonly description?: string;
  readonly releases?: Readonly<Record<string, { readonly status?: string; readonly fixed_version?: string; readonly urgency?: string }>>;
}

const { mapOf, object, text } = shape;
const releaseShape = object({}, { status: text, fixed_version: text, urgency: text });
const trackerShape = mapOf(mapOf(object({}, { description: text, releases: mapOf(releaseShape) })));

const knowsReleases = (issues: Readonly<Record<string, Issue>>): boolean =>
  typeof issues === 'object' && issues !== null && Object.values(issues).some((it) => typeof it?.releases === 'object');

const releasesIn = (tracker: Tracker): ReadonlySet<string> =>
  new Set(Object.values(tracker).flatMap((issues) => Object.values(issues).flatMap(({ releases = {} }) => Object.keys(releases))));

async function documentAt(where: string, job: AskJob): Promise<Asked> {
  if (/^https?:/.test(where)) return askJson(where, { ...job, withinMs: Math.max(job.withinMs, WITHIN_MS) });
  try {
    const asOf = (await stat(where)).mtime.toISOString();
    return { ok: true, value: JSON.parse(await readFile(where, 'utf8')) as unknown, asOf };
  } catch (error) {
    return { ok: false, there: false, why: `${where} cannot be read (${errorCode(error) ?? 'it is no JSON'})` };
  }
}

function answerOf(one: ScannedPackage, tracker: Tracker, releases: ReadonlySet<string>, asOf: string): Answer {
  const codename = one.distribution?.codename;
  if (codename === undefined || !releases.has(codename)) return silence(`Debian’s tracker has no release ${codename ?? 'without a name'}`);
  const source = one.source ?? one;
  const told: Told[] = [];
  const unsure: string[] = [];
  for (const [id, issue] of Object.entries(Object.hasOwn(tracker, source.name) ? tracker[source.name]! : {})) {
    const { status, fixed_version: fixed, urgency } = issue.releases?.[codename] ?? {};
    // `0`: this release never had it.
    const isFixed = status === 'resolved' && fixed !== undefined && compareVersions(source.version, fixed) >= 0;
    if (status === undefined || isFixed || fixed === '0') continue;
    if (status === 'undetermined') unsure.push(`nobody has looked yet whether ${id} concerns ${source.name}`);
    else
      told.push({
        id,
        aliases: [],
        sources: ['debian-tracker'],
        ...ratedWord(urgency?.replace(/\*+$/, '')),
        ...(status === 'resolved' && fixed ? { fixed } : {}),
        ...(issue.description === undefined ? {} : { summary: issue.description }),
      });
  }
  return { answered: true, told, asOf, ...(unsure.length > 0 ? { unsure } : {}) };
}
