import { assignedSecretsIn, markedPlaces, secretsIn, type PlacedSecret, type Syntax } from '../../base/index.ts';
import { CREDENTIAL_FILE_LIMIT, credentialReader } from './credential-file.ts';

/** A secret that was found. Its text is never kept. */
export interface Secret {
  /** `AWS access key`, `private key`. */
  readonly name: string;
  /** What may be shown of it: `AKIA… (20 characters)`. */
  readonly shown?: string;
  /** From 1; absent in files that are no text. */
  readonly line?: number;
  /** Where it begins in a file that is no text. Bytes. */
  readonly offset?: number;
  /** Its shape or its file says that it is one; or only the name that it is given does, and it looks random. */
  readonly known: boolean;
}

/** Bytes that are searched at one time, and what two such pieces share: a key of 8192 bits takes 6.4 kB in PEM. */
const PIECE = 1 << 20;
const SHARED = 16 * 1024;

/** Files up to this are searched for values by their names. Bytes. */
export const ASSIGNED_LIMIT = 1 << 20;

/** Secrets in a text, each with its line. */
export const secretsInText = (text: string): readonly Secret[] => secretsIn(text).map((it) => inText(it, text, true));

const inText = ({ at, name, shown }: PlacedSecret, text: string, known: boolean): Secret => ({
  name,
  ...(shown === undefined ? {} : { shown }),
  line: linesBefore(text, at) + 1,
  known,
});

/** Secrets in a file of an image, read once and in pieces. Files of the system's packages that are documents or tests are not read. */
export async function secretsInFile(path: string, sizeBytes: number, content: AsyncIterable<Uint8Array>): Promise<readonly Secret[]> {
  if (isPublished(path)) return [];
  const found = new Map<number, Secret>();
  let isText: boolean | undefined;
  let [start, lines] = [0, 0];
  let last: Buffer = Buffer.alloc(0);
  for await (const { bytes, isLast } of inPieces(content)) {
    isText ??= !bytes.subarray(0, 8000).includes(0); // as git tells them apart
    for (const { at, ...secret } of secretsInBytes(bytes))
      found.set(start + at, { ...secret, known: true, ...(isText ? { line: lines + newlines(bytes, at) + 1 } : { offset: start + at }) });
    if (isLast) last = bytes;
    else if (isText) lines += newlines(bytes, bytes.length - SHARED);
    if (!isLast) start += bytes.length - SHARED;
  }
  return isText && start === 0 ? withContext([...found.values()], path, sizeBytes, last) : [...found.values()];
}

/** The content in pieces that overlap, each with what the one before ended with. */
async function* inPieces(content: AsyncIterable<Uint8Array>): AsyncGenerator<{ readonly bytes: Buffer; readonly isLast: boolean }> {
  let pieces: Uint8Array[] = [];
  let length = 0;
  const joined = (): Buffer => {
    const [only] = pieces;
    return pieces.length === 1 && only ? Buffer.from(only.buffer, only.byteOffset, only.length) : Buffer.concat(pieces);
  };
  for await (const piece of content) {
    if (length > PIECE) {
      const bytes = joined();
      yield { bytes, isLast: false };
      pieces = [bytes.subarray(-SHARED)];
      length = SHARED;
    }
    pieces.push(piece);
    length += piece.length;
  }
  yield { bytes: joined(), isLast: true };
}

/** What a token may reach from its mark to either side; a key in PEM takes what two pieces share. Bytes. */
const [BEFORE, AFTER] = [600, 6000];

/** Tokens and private keys among bytes, text or not: only what lies around a mark is looked at. */
function secretsInBytes(bytes: Buffer): readonly PlacedSecret[] {
  const found: PlacedSecret[] = [];
  let [from, to] = [0, 0];
  const search = (): void => {
    if (to > from)
      found.push(...secretsIn(bytes.toString('latin1', from, Math.min(to, bytes.length))).map((it) => ({ ...it, at: it.at + from })));
  };
  for (const at of markedPlaces(bytes)) {
    if (at - BEFORE > to) {
      search();
      from = Math.max(0, at - BEFORE);
    }
    to = at + (bytes[at] === LETTER_P ? SHARED : AFTER);
  }
  search();
  return found;
}
const LETTER_P = 0x50; // of `PRIVATE KEY` and `PuTTY`

/** Besides what has a shape: what the file is for, and what names say. */
function withContext(found: readonly Secret[], path: string, sizeBytes: number, bytes: Buffer): readonly Secret[] {
  const read = sizeBytes <= CREDENTIAL_FILE_LIMIT ? credentialReader(path, bytes) : undefined;
  const syntax = sizeBytes <= ASSIGNED_LIMIT ? syntaxOf(path) : undefined;
  if (!read && syntax === undefined) return found;
  const text = bytes.toString('utf8');
  const stored = (read?.(text) ?? []).filter(({ line }) => !found.some((it) => it.line === line)).map((it) => ({ ...it, known: true }));
  const known = [...found, ...stored];
  const assigned = syntax === undefined ? [] : assignedSecretsIn(text, syntax).map((it) => inText(it, text, false));
  return [...known, ...assigned.filter((it) => !known.some((other) => isSame(it, other)))];
}

/** A token under a telling name is told once, by what it is. */
const isSame = (assigned: Secret, known: Secret): boolean =>
  assigned.line === known.line && (known.shown === undefined || known.shown.slice(0, 5) === assigned.shown?.slice(0, 5));

const SETTINGS = /(?:^|\/)(?:[^/]*\.(?:env|ini|cfg|conf|cnf|toml|ya?ml|properties|tfvars|sh|bash|service)|\.env[^/]*|Dockerfile[^/]*)$/i;
const CODE = /\.(?:py|json|jsonc|json5|[cm]?[jt]sx?|rb|php|pl|go|java|kt|cs|tf|tfstate|xml|ipynb|lua|ex|exs|groovy|gradle)$/i;

const syntaxOf = (path: string): Syntax | undefined => (SETTINGS.test(path) ? 'settings' : CODE.test(path) ? 'code' : undefined);

/**
 * Keys in tests and documents of installed packages are published with them, so they are no secrets. The application's own
 * tests are not covered by this.
 */
const isPublished = (path: string): boolean =>
  /^usr\/share\/(doc|man|info|locale)\//.test(path) ||
  /^usr\/lib\/python3[^/]*\/test\//.test(path) ||
  /\/(site|dist)-packages\/(?:.*\/)?(tests?|testing|_?testdata|test_data|SelfTest|fixtures|examples?|samples?|docs?)\//i.test(path) ||
  /\/(site|dist)-packages\/(?:.*\/)?(test_[^/]*|[^/]*_tests?|tests?|conftest)\.pyc?$/.test(path) ||
  // botocore's descriptions of services, with their example requests.
  /\/(site|dist)-packages\/(?:botocore|boto3|aiobotocore)\/(?:data|examples)\//.test(path);

function linesBefore(text: string, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

function newlines(bytes: Uint8Array, to: number): number {
  let count = 0;
  for (let at = 0; at < to; at += 1) if (bytes[at] === 10) count += 1;
  return count;
}
