import { normalizedName, shape } from '../../base/index.ts';
import { type Told } from '../advisories.ts';
import { ratedVector, ratedWord, type Rating } from '../severity.ts';
import type { Ecosystem, ScannedPackage, SourceId } from '../types.ts';
import { comparing, type Compare } from '../versions/index.ts';
import { compareSemantic } from '../versions/semantic.ts';
import { osvPackage, type OsvPackage } from './ecosystem.ts';

/** A document of the OSV schema 1.7, as far as it is read. Every field may be missing or wrong: it comes from elsewhere. */
export interface OsvDocument {
  readonly id: string;
  readonly modified?: string;
  readonly withdrawn?: string;
  readonly aliases?: readonly string[];
  readonly upstream?: readonly string[];
  readonly summary?: string;
  readonly severity?: readonly Scored[];
  readonly affected?: readonly Affected[];
  readonly database_specific?: { readonly severity?: unknown };
}

interface Scored {
  readonly type: string;
  readonly score: string;
}

export interface Affected {
  readonly package?: { readonly ecosystem?: string; readonly name?: string };
  readonly severity?: readonly Scored[];
  readonly ranges?: readonly OsvRange[];
  readonly versions?: readonly string[];
  readonly ecosystem_specific?: { readonly severity?: unknown; readonly urgency?: unknown };
}

interface OsvRange {
  readonly type: string;
  readonly events?: readonly OsvEvent[];
}

type OsvEvent = Readonly<Partial<Record<'introduced' | 'fixed' | 'last_affected' | 'limit', string>>>;

/** What a document says of a package: an advisory, nothing, or that it cannot be told. */
export type Verdict = { readonly told: Told } | 'unaffected' | { readonly cannotTell: string };

/** Evaluates a document: OSV schema, "Evaluation". A withdrawn one says nothing any more. */
export function verdictOf(document: OsvDocument, one: ScannedPackage, source: SourceId): Verdict {
  const named = osvPackage(one);
  if (named === undefined || (document.withdrawn !== undefined && document.withdrawn !== null)) return 'unaffected';
  const entries = (document.affected ?? []).filter((it) => isAbout(it, named, one.ecosystem));
  const answers = entries.map((entry) => ({ entry, affects: affects(entry, named.version, one.ecosystem) }));
  const hit = answers.filter(({ affects: does }) => does === true).map(({ entry }) => entry);
  if (hit.length > 0) return { told: toldOf(document, hit, named.version, one, source) };
  if (answers.every(({ affects: does }) => does === false)) return 'unaffected';
  return { cannotTell: `${document.id} does not say in a way that can be read whether it concerns ${named.version}` };
}

function isAbout({ package: about }: Affected, named: OsvPackage, ecosystem: Ecosystem): boolean {
  // Without a release it is about all of them.
  const isThere = about?.ecosystem === named.ecosystem || named.ecosystem.startsWith(`${about?.ecosystem ?? ''}:`);
  if (typeof about?.name !== 'string' || !isThere) return false;
  const { name } = about;
  return named.names.some((it) => (ecosystem === 'python' ? normalizedName(it) === normalizedName(name) : it === name));
}

/** Undefined: nobody can say. */
function affects({ versions = [], ranges = [] }: Affected, version: string, ecosystem: Ecosystem): boolean | undefined {
  const compare = comparing[ecosystem];
  if (versions.some((it) => it === version || compare(it, version) === 0)) return true;
  const answers = ranges.map((range) => isIn(range, version, compare)).filter((it) => it !== 'other');
  if (answers.includes(true)) return true;
  // Commits say nothing of a released version; a list does, whatever ranges there are beside it.
  return answers.includes(undefined) || (answers.length === 0 && versions.length === 0) ? undefined : false;
}

function isIn({ type, events = [] }: OsvRange, version: string, ecosystems: Compare): boolean | undefined | 'other' {
  if (type === 'GIT') return 'other';
  // A kind of range that is newer than this, or one that begins nowhere.
  if ((type !== 'ECOSYSTEM' && type !== 'SEMVER') || !events.some(({ introduced }) => introduced !== undefined)) return undefined;
  const compare = type === 'SEMVER' ? compareSemantic : ecosystems;
  let isAffected = false;
  for (const event of inOrder(events, compare)) {
    const order = against(event, version, compare);
    if (order === undefined) return undefined;
    if (event.introduced !== undefined && order >= 0) isAffected = true;
    if (event.fixed !== undefined && order >= 0) isAffected = false;
    if (event.last_affected !== undefined && order > 0) isAffected = false;
  }
  const limits = events.flatMap(({ limit }) => limit ?? []);
  return isAffected && (limits.length === 0 || limits.some((limit) => limit === '*' || (compare(version, limit) ?? -1) < 0));
}

const versionIn = (event: OsvEvent): string => event.introduced ?? event.fixed ?? event.last_affected ?? '*';

/** Documents need not sort their events. `0` is before all else; what is introduced where another one ends comes after that. */
const inOrder = (events: readonly OsvEvent[], compare: Compare): readonly OsvEvent[] =>
  events
    .filter((event) => event.limit === undefined)
    .toSorted((a, b) => {
      if (versionIn(a) === versionIn(b)) return Number(a.introduced !== undefined) - Number(b.introduced !== undefined);
      if (a.introduced === '0') return -1;
      return b.introduced === '0' ? 1 : (compare(versionIn(a), versionIn(b)) ?? 0);
    });

/** How the version stands to that of an event. */
const against = (event: OsvEvent, version: string, compare: Compare): number | undefined =>
  event.introduced === '0' ? 1 : compare(version, versionIn(event));

/** What a document says of a package that it is known to concern. */
export function toldAnyway(document: OsvDocument, one: ScannedPackage, source: SourceId): Told {
  const named = osvPackage(one);
  const entries = named ? (document.affected ?? []).filter((it) => isAbout(it, named, one.ecosystem)) : [];
  return toldOf(document, entries, named?.version ?? one.version, one, source);
}

function toldOf(document: OsvDocument, entries: readonly Affected[], version: string, one: ScannedPackage, source: SourceId): Told {
  const compare = comparing[one.ecosystem];
  const fixes = entries
    .flatMap(({ ranges = [] }) =>
      ranges.filter(({ type }) => type !== 'GIT').flatMap(({ events = [] }) => events.flatMap(({ fixed }) => fixed ?? [])),
    )
    .filter((fixed) => (compare(fixed, version) ?? -1) > 0)
    .toSorted((a, b) => compare(a, b) ?? 0);
  return {
    id: document.id,
    aliases: document.aliases ?? [],
    ...(document.upstream ? { upstream: document.upstream } : {}),
    ...ratedIn(document, entries),
    ...(fixes[0] === undefined ? {} : { fixed: fixes[0] }),
    ...(document.summary === undefined ? {} : { summary: document.summary }),
    sources: [source],
  };
}

/** The package's own rating, then the document's, by the newest vector of each; then its word. */
function ratedIn(document: OsvDocument, entries: readonly Affected[]): Partial<Rating> {
  const scored = [entries.flatMap(({ severity = [] }) => severity), document.severity ?? []].flatMap((all) =>
    // `CVSS_V2` to `CVSS_V4`: makers give several and in any order.
    all.toSorted((a, b) => (String(a.type) < String(b.type) ? 1 : -1)),
  );
  const words = [
    ...entries.flatMap((it) => [it.ecosystem_specific?.severity, it.ecosystem_specific?.urgency]),
    document.database_specific?.severity,
  ];
  const rated = [...scored.map(({ score }) => ratedVector(String(score))), ...words.map(ratedWord)];
  return rated.find((it) => it !== undefined) ?? {};
}

/** What can be read of a JSON text as a document; undefined where it is none. */
export function parseDocument(text: string): OsvDocument | undefined {
  try {
    return documentFrom(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** A JSON value as a document; undefined where it has not the shape of one. What is null in it is not there: Go writes that for what is empty. */
export function documentFrom(value: unknown): OsvDocument | undefined {
  const found = withoutNulls(value);
  return documentShape(found, '').length === 0 ? (found as OsvDocument) : undefined;
}

const { listOf, object, text } = shape;
const scored = listOf(object({ type: text, score: text }));
const event = object({}, { introduced: text, fixed: text, last_affected: text, limit: text });
const affectedShape = object(
  {},
  {
    package: object({}, { ecosystem: text, name: text }),
    severity: scored,
    ranges: listOf(object({ type: text }, { events: listOf(event) })),
    versions: listOf(text),
    ecosystem_specific: object({}),
  },
);
const documentShape = object(
  { id: text },
  {
    modified: text,
    withdrawn: text,
    aliases: listOf(text),
    upstream: listOf(text),
    summary: text,
    severity: scored,
    affected: listOf(affectedShape),
    database_specific: object({}),
  },
);

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, each]) => (each === null ? [] : [[key, withoutNulls(each)]])));
}
