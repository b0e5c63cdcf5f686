import { besideImage, type Beside, type Image } from '../../image/index.ts';
import type { Finding } from './finding.ts';
import { assignedIn, inNamed, inText, inVariable, inWords } from './in-config.ts';

/** What was found beside an image, and how much was looked at. */
export interface SearchedBeside {
  readonly found: readonly Finding[];
  readonly documents: number;
  readonly unread: readonly { readonly where: string; readonly why: string }[];
}

/** Larger documents are not read. Bytes. */
const LIMIT = 32 * 1024 * 1024;

/**
 * Secrets in what is published with an image and is no part of it: BuildKit's statement of how it was made holds build
 * arguments, environment, commands and the Dockerfile; in-toto statements, SBOMs and signatures are JSON too.
 */
export async function secretsBeside(image: Image): Promise<SearchedBeside> {
  const found: Finding[] = [];
  const unread: { where: string; why: string }[] = [];
  const documents = await besideImage(image);
  for (const document of documents) {
    const where = `the attestation ${document.digest.slice(0, 19)} (${document.kind})`;
    found.push(...Object.entries(document.annotations).flatMap(([name, value]) => inVariable(`${name}=${value}`, where)));
    if (document.sizeBytes > LIMIT) unread.push({ where, why: `it is larger than ${LIMIT >> 20} MiB` });
    else found.push(...inDocument(await textOf(document), where));
  }
  return { found: onePerPlace(found), documents: documents.length, unread };
}

const textOf = async (document: Beside): Promise<string> => Buffer.from(await document.read()).toString('utf8');

function inDocument(text: string, where: string): readonly Finding[] {
  const value = parsed(text);
  return value === undefined ? inText(text, where) : [...inValue(value, { where, path: '', name: '' })];
}

interface Place {
  readonly where: string;
  /** `predicate.invocation.parameters.args.build-arg:TOKEN`. */
  readonly path: string;
  /** What it is called there. */
  readonly name: string;
}

/** Everything in a JSON document, by the names that it stands under. */
function* inValue(value: unknown, place: Place): Generator<Finding, void, undefined> {
  if (typeof value === 'string') return yield* inString(value, place);
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    const words = value.filter((it): it is string => typeof it === 'string');
    if (words.length === value.length) yield* inWords(words, told(place));
    for (const each of value) yield* inValue(each, place);
    return;
  }
  const { name, value: named } = value as { readonly name?: unknown; readonly value?: unknown };
  if (typeof name === 'string' && typeof named === 'string') yield* inNamed(name, named, told({ ...place, path: below(place, name) }));
  for (const [key, each] of Object.entries(value)) yield* inValue(each, { ...place, path: below(place, key), name: key });
}

const below = ({ path }: Place, key: string): string => (path === '' ? key : `${path}.${key}`);
const told = ({ where, path }: Place): string => (path === '' ? where : `${where}, ${path}`);

function* inString(value: string, place: Place): Generator<Finding, void, undefined> {
  // BuildKit puts `build-arg:` before the names of arguments.
  yield* inNamed(place.name.replace(/^[a-z-]+:/, ''), value, told(place));
  if (value.includes('=')) yield* assignedIn(value, told(place));
  const inner = HELD_IN_BASE64.includes(place.name) ? decoded(value) : undefined;
  if (inner === undefined) return;
  const document = parsed(inner);
  if (document === undefined) yield* [...inText(inner, told(place)), ...assignedIn(inner, told(place))];
  else yield* inValue(document, { ...place, name: '' });
}

/** Of an envelope (DSSE, "Protocol"); of a file of the build, as BuildKit keeps its Dockerfile. */
const HELD_IN_BASE64 = ['payload', 'data'];

function decoded(value: string): string | undefined {
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(value) ? Buffer.from(value, 'base64').toString('utf8') : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a name gives away and what a shape does is told once at one place. */
function onePerPlace(found: readonly Finding[]): readonly Finding[] {
  return [...new Map(found.map((it) => [`${it.where} ${it.what}`, it])).values()];
}
