import { atOnce, shape } from '../../base/index.ts';
import { askJson, type Asked } from '../ask.ts';
import { documentFrom, toldAnyway, type OsvDocument } from '../osv/document.ts';
import { osvPackage } from '../osv/ecosystem.ts';
import type { Told } from '../advisories.ts';
import { silence, type Answer, type AskJob, type ScannedPackage, type Source } from '../types.ts';

/** Queries of one request at most: OSV's manual, "POST /v1/querybatch". */
const QUERIES = 1000;
/** Documents fetched at one time. */
const AT_ONCE = 8;
/** Pages of one answer: far more than any package has. */
const PAGES = 50;

interface Query {
  readonly one: ScannedPackage;
  readonly package: { readonly name: string; readonly ecosystem: string };
  readonly version: string;
  readonly page_token?: string;
}

/** A service that speaks OSV's API. All packages go in one request; of each vulnerability its document is fetched. */
export const osv = (address: string): Source => ({
  id: 'osv',
  name: 'OSV',
  concerns: (one) => osvPackage(one) !== undefined,
  async ask(packages, job) {
    const base = address.replace(/\/+$/, '');
    const found = await idsOf(packages, base, job);
    const ids = [...new Set([...found.ids.values()].flatMap((set) => [...set]))];
    const documents = new Map<string, OsvDocument>();
    await atOnce(ids, AT_ONCE, async (id) => void documents.set(id, await documentOf(id, base, job)));
    return new Map(packages.map((one) => [one, answerOf(one, found, documents)]));
  },
});

interface Found {
  readonly ids: ReadonlyMap<ScannedPackage, ReadonlySet<string>>;
  readonly lost: ReadonlyMap<ScannedPackage, string>;
  readonly asOf: string;
}

async function idsOf(packages: readonly ScannedPackage[], base: string, job: AskJob): Promise<Found> {
  const [ids, lost] = [new Map<ScannedPackage, Set<string>>(packages.map((one) => [one, new Set()])), new Map<ScannedPackage, string>()];
  let asOf = new Date(job.nowMs).toISOString();
  let queries: Query[] = packages.flatMap((one) => {
    const named = osvPackage(one);
    return (named?.names ?? []).map((name) => ({
      one,
      package: { name, ecosystem: named?.ecosystem ?? '' },
      version: named?.version ?? '',
    }));
  });
  for (let page = 0; queries.length > 0; page += 1) {
    const now = queries.slice(0, QUERIES);
    queries = queries.slice(QUERIES);
    const asked = await askJson(`${base}/v1/querybatch`, job, { queries: now.map(asQuery) });
    const results = resultsIn(asked, now.length);
    const why = page >= PAGES + packages.length / QUERIES ? 'OSV’s answer has no end' : results === undefined ? whyNot(asked) : undefined;
    if (why !== undefined || results === undefined || !asked.ok) {
      for (const { one } of [...now, ...queries]) lost.set(one, why ?? 'OSV did not answer');
      break;
    }
    asOf = asked.asOf;
    for (const [i, { vulns, next_page_token: token }] of results.entries()) {
      const query = now[i]!;
      for (const { id } of vulns ?? []) ids.get(query.one)?.add(id);
      if (token) queries.push({ ...query, page_token: token });
    }
  }
  return { ids, lost, asOf };
}

const asQuery = ({ package: named, version, page_token: token }: Query): object => ({
  package: named,
  version,
  ...(token === undefined ? {} : { page_token: token }),
});

interface BatchResult {
  readonly vulns?: readonly { readonly id: string }[] | null;
  readonly next_page_token?: string | null;
}

const { listOf, object, text } = shape;
const resultShape = object({}, { vulns: listOf(object({ id: text })), next_page_token: text });

/** Undefined for fewer or more than were asked for, and for what are none. */
function resultsIn(asked: Asked, count: number): readonly BatchResult[] | undefined {
  const { results } = ((asked.ok && asked.value) || {}) as { results?: unknown };
  if (!Array.isArray(results) || results.length !== count) return undefined;
  const found = results.map((it: unknown) => it ?? {});
  return listOf(resultShape)(found, '').length === 0 ? (found as BatchResult[]) : undefined;
}

const whyNot = (asked: Asked): string => (asked.ok ? 'OSV answers with what are no results, or with another number of them' : asked.why);

/** What cannot be had is a vulnerability all the same, without its details. */
async function documentOf(id: string, base: string, job: AskJob): Promise<OsvDocument> {
  const asked = await askJson(`${base}/v1/vulns/${encodeURIComponent(id)}`, job);
  const document = asked.ok ? documentFrom(asked.value) : undefined;
  return document?.id === id ? document : { id };
}

function answerOf(one: ScannedPackage, { ids, lost, asOf }: Found, documents: ReadonlyMap<string, OsvDocument>): Answer {
  const why = lost.get(one);
  if (why !== undefined) return silence(why);
  const told: Told[] = [...(ids.get(one) ?? [])].flatMap((id) => {
    const document = documents.get(id) ?? { id };
    return document.withdrawn ? [] : [toldAnyway(document, one, 'osv')];
  });
  return { answered: true, told, asOf };
}
