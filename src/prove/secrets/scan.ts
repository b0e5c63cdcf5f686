import { assignedSecretsIn, binaryKeyIn, markedPlaces, secretsIn, type PlacedSecret, type Syntax } from '../../base/index.ts';
import { lookInto, newLook, type Look, type Visit } from './archives/look-into.ts';
import { CREDENTIAL_FILE_LIMIT, credentialReader } from './credential-file.ts';
import { overlapping, SHARED, startOf, wholeOf, type Start } from './pieces.ts';
import { isPublished } from './published.ts';
import { inText, type Secret } from './secret.ts';
import { asUtf8, utf16Of } from './utf-16.ts';

/** Files up to this are searched for values by their names. Bytes. */
export const ASSIGNED_LIMIT = 1 << 20;

/**
 * Secrets in a file of an image, read once and in pieces, and in what is in it where it is an archive. Files of the system's
 * packages that are documents or tests are not read.
 */
export async function secretsInFile(path: string, content: AsyncIterable<Uint8Array>, look: Look = newLook()): Promise<readonly Secret[]> {
  if (isPublished(path)) return [];
  const found: Secret[] = [];
  const visit: Visit = async (spot, start) => {
    const order = utf16Of(start.bytes);
    const secrets = await secretsFrom(spot.path, order ? await startOf(asUtf8(wholeOf(start), order)) : start);
    found.push(...(spot.inside.length === 0 ? secrets : secrets.map((it) => ({ ...it, inside: spot.inside }))));
  };
  await lookInto({ path, inside: [] }, await startOf(content), { look, visit });
  return found;
}

async function secretsFrom(path: string, start: Start): Promise<readonly Secret[]> {
  const found = new Map<number, Secret>();
  const isText = !start.bytes.subarray(0, 8000).includes(0); // as git tells them apart
  let [offset, lines] = [0, 0];
  for await (const bytes of overlapping(start)) {
    for (const { at, ...secret } of secretsInBytes(bytes))
      found.set(offset + at, { ...secret, known: true, ...(isText ? { line: lines + newlines(bytes, at) + 1 } : { offset: offset + at }) });
    if (isText && start.rest) lines += newlines(bytes, bytes.length - SHARED);
    offset += bytes.length - SHARED;
  }
  if (start.rest) return [...found.values()];
  const key = isText ? undefined : binaryKeyIn(start.bytes);
  if (key !== undefined) return [...found.values(), { name: key, known: true }];
  return isText ? withContext([...found.values()], path, start.bytes) : [...found.values()];
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
function withContext(found: readonly Secret[], path: string, bytes: Buffer): readonly Secret[] {
  const read = bytes.length <= CREDENTIAL_FILE_LIMIT ? credentialReader(path, bytes) : undefined;
  const syntax = bytes.length <= ASSIGNED_LIMIT ? syntaxOf(path) : undefined;
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

function newlines(bytes: Uint8Array, to: number): number {
  let count = 0;
  for (let at = 0; at < to; at += 1) if (bytes[at] === 10) count += 1;
  return count;
}
