import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, normalizedName, UserError } from '../../base/index.ts';
import { silence, type Answer, type ScannedPackage, type Source } from '../types.ts';
import { parseDocument, verdictOf, type OsvDocument, type Verdict } from './document.ts';
import { osvPackage } from './ecosystem.ts';
import { zipEntries } from './zip.ts';

/** What was read of a database for certain packages. */
interface Held {
  /** By the name that documents use, in lower case. */
  readonly documents: ReadonlyMap<string, readonly OsvDocument[]>;
  /** Newest `modified` of each ecosystem that it has anything of: ISO 8601. */
  readonly dates: ReadonlyMap<string, string>;
}

/**
 * OSV documents on this disk: a folder of them or of zip archives, or one archive, as OSV exports them. Nothing is asked of
 * the network. An ecosystem of which it has no document at all is not answered for.
 */
export const database = (path: string): Source => ({
  id: 'database',
  name: `the database ${path}`,
  concerns: () => true,
  async ask(packages) {
    const held = await readDatabase(path, packages);
    return new Map(packages.map((one) => [one, answerOf(one, held)]));
  },
});

function answerOf(one: ScannedPackage, held: Held): Answer {
  const named = osvPackage(one);
  if (named === undefined) return silence(`OSV has no documents for ${one.distribution?.id ?? 'a distribution without a name'}`);
  const asOf = held.dates.get(named.ecosystem);
  if (asOf === undefined) return silence(`the database has no document of ${named.ecosystem}`);
  const documents = new Set(named.names.flatMap((name) => held.documents.get(keyOf(name)) ?? []));
  const verdicts = [...documents].map((document) => verdictOf(document, one, 'database'));
  const unsure = verdicts.flatMap((verdict) => (isUnsure(verdict) ? [verdict.cannotTell] : []));
  return {
    answered: true,
    told: verdicts.flatMap((verdict) => (isTold(verdict) ? [verdict.told] : [])),
    asOf,
    ...(unsure.length > 0 ? { unsure } : {}),
  };
}

const isTold = (verdict: Verdict): verdict is Extract<Verdict, { told: unknown }> => typeof verdict === 'object' && 'told' in verdict;
const isUnsure = (verdict: Verdict): verdict is Extract<Verdict, { cannotTell: string }> =>
  typeof verdict === 'object' && 'cannotTell' in verdict;

/** As JSON has it: `@types\/node`. */
const unescaped = (text: string): string => (text.includes('\\') ? String(JSON.parse(`"${text}"`)) : text);

/** Documents write names in several ways. */
const keyOf = (name: string): string => normalizedName(name);

/** Reads what concerns these packages. Throws UserError for a database that is not there, is damaged, or has nothing in it. */
async function readDatabase(path: string, packages: readonly ScannedPackage[]): Promise<Held> {
  const wanted = new Set(packages.flatMap((one) => osvPackage(one)?.names.map(keyOf) ?? []));
  const documents = new Map<string, OsvDocument[]>();
  const dates = new Map<string, string>();
  for await (const text of textsIn(path)) {
    const modified = /"modified"\s*:\s*"([^"]+)"/.exec(text)?.[1] ?? '';
    for (const [, ecosystem = ''] of text.matchAll(/"ecosystem"\s*:\s*"([^"]+)"/g))
      if ((dates.get(ecosystem) ?? '') < modified) dates.set(ecosystem, modified);
    // What does not end was cut off, and nobody knows whom it was about.
    if (!/\}\s*$/.test(text.slice(-100))) throw new UserError(`${path} has a document that is cut off`, 'fetch it again');
    const names = new Set([...text.matchAll(/"name"\s*:\s*"([^"]+)"/g)].map(([, name = '']) => keyOf(unescaped(name))));
    const about = [...names].filter((name) => wanted.has(name));
    const document = about.length > 0 ? parseDocument(text) : undefined;
    if (document) for (const name of about) documents.set(name, [...(documents.get(name) ?? []), document]);
    else if (about.length > 0) throw new UserError(`${path} has a document about ${about[0]} that cannot be read`, 'fetch it again');
  }
  if (dates.size === 0)
    throw new UserError(`${path} has no OSV documents`, 'name a folder of them, or an archive as OSV exports it (`all.zip`)');
  return { documents, dates };
}

async function* textsIn(path: string): AsyncGenerator<string, void, undefined> {
  const status = await stat(path).catch((error: unknown) => {
    throw new UserError(
      `the database ${path} cannot be read (${errorCode(error) ?? 'unknown'})`,
      'fetch one with `plimsoll scan --update-database`, or name a folder or zip archive of OSV documents with `--database`',
    );
  });
  const files = status.isDirectory() ? await filesBelow(path) : [path];
  for (const file of files) {
    const bytes = await readFile(file);
    if (!file.endsWith('.zip')) yield bytes.toString('utf8');
    else for (const { name, text } of zipEntries(bytes, file)) if (name.endsWith('.json')) yield text;
  }
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.(json|zip)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}
