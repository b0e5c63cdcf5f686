import { secretsIn } from '../../base/index.ts';
import { CREDENTIAL_FILE_LIMIT, credentialReader } from './credential-file.ts';

/** A secret that was found. Its text is never kept. */
export interface Secret {
  /** `AWS access key`, `private key`. */
  readonly name: string;
  /** From 1; absent where lines were not counted. */
  readonly line?: number;
}

/** Text that is searched at one time, and what two such pieces share: a key of 8192 bits takes 6.4 kB in PEM. */
const PIECE = 1 << 20;
const SHARED = 16 * 1024;

/** Secrets in a text, each with its line. */
export const secretsInText = (text: string): readonly Secret[] =>
  secretsIn(text).map(({ at, name }) => ({ name, line: newlines(text, at) + 1 }));

/** Secrets in a file of an image, read once and in pieces. Files of the system's packages that are documents or tests are not read. */
export async function secretsInFile(path: string, sizeBytes: number, content: AsyncIterable<Uint8Array>): Promise<readonly Secret[]> {
  if (isPublished(path)) return [];
  const read = sizeBytes <= CREDENTIAL_FILE_LIMIT ? credentialReader(path) : undefined;
  const found = new Map<string, Secret>();
  const note = (secrets: readonly Secret[]): void => secrets.forEach((it) => found.set(`${it.name} ${it.line ?? ''}`, it));
  let pieces: Uint8Array[] = [];
  let length = 0;
  let before = 0;
  const search = (): string => {
    const text = Buffer.concat(pieces).toString('latin1');
    note(secretsInText(text).map((it) => (it.line === undefined ? it : { ...it, line: it.line + before })));
    return text;
  };
  for await (const piece of content) {
    pieces.push(piece);
    length += piece.length;
    if (length < PIECE) continue;
    const text = search();
    before += newlines(text, text.length - SHARED);
    pieces = [Buffer.from(text.slice(-SHARED), 'latin1')];
    length = 0;
  }
  if (read) note(read(Buffer.concat(pieces).toString('utf8')));
  search();
  return [...found.values()];
}

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

function newlines(text: string, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
