import { readFile } from 'node:fs/promises';
import { EnvironmentError, errorCode, messageOf } from '../../../base/index.ts';
import { keyOf } from '../../../base/node.ts';
import type { SignedBy } from './apt-lists.ts';
import { archiveKeys } from './archive-keys.ts';

/** OpenPGP certificates, armored or binary, any number in each block. */
export interface Keyring {
  readonly blocks: readonly (string | Uint8Array)[];
  /** The same for the same keys: what was seen under one keyring says nothing about another. */
  readonly id: string;
  /** For messages. */
  readonly from: string;
}

const decode = (base64: string): Uint8Array => Buffer.from(base64, 'base64');

/** The keys of the Debian archive that Plimsoll brings along. */
export const debianKeyring = (): Keyring =>
  keyringOf(
    archiveKeys.map((key) => decode(key.base64)),
    'the Debian archive keys that Plimsoll brings along',
  );

/**
 * The keys that may sign a suite: those of `Signed-By` for a suite that the source names. For a suite that was derived
 * from it the archive's own keys count as well, since an older host does not have the newer release's keys.
 * Throws EnvironmentError when a keyring cannot be read.
 */
export async function keyringFor(signedBy: SignedBy, named: boolean): Promise<Keyring> {
  if (signedBy.kind === 'default') return debianKeyring();
  const own = signedBy.kind === 'inline' ? [signedBy.armored] : await Promise.all(signedBy.paths.map(readKeyring));
  const from = signedBy.kind === 'inline' ? 'the key in Signed-By' : signedBy.paths.join(', ');
  return named ? keyringOf(own, from) : keyringOf([...own, ...debianKeyring().blocks], `${from} and Debian's own`);
}

function keyringOf(blocks: readonly (string | Uint8Array)[], from: string): Keyring {
  return { blocks, from, id: keyOf(blocks.map((block) => (typeof block === 'string' ? block : Buffer.from(block).toString('base64')))) };
}

async function readKeyring(path: string): Promise<string | Uint8Array> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new EnvironmentError(
      `the keyring ${path} cannot be read (${errorCode(error) ?? messageOf(error)})`,
      'check Signed-By in the apt sources, or install debian-archive-keyring',
      'permanent',
      { cause: error },
    );
  });
  return bytes.subarray(0, 5).toString('latin1') === '-----' ? bytes.toString('utf8') : bytes;
}

/**
 * The text inside a clear-signed document, when at least one signature by a key of the keyring holds (as apt asks for).
 * Throws EnvironmentError otherwise. The OpenPGP library takes about 0.1 s to load, so only this function does.
 */
export async function verifiedText(document: string, keyring: Keyring, nowMs: number, from: string): Promise<string> {
  const openpgp = await import('openpgp');
  const hint = 'use another mirror; if a proxy stands between, it must pass files on unchanged';
  const message = await openpgp.readCleartextMessage({ cleartextMessage: document }).catch((error: unknown) => {
    throw new EnvironmentError(`${from} is not a signed Release file: ${messageOf(error)}`, hint, 'permanent', { cause: error });
  });
  const keys = await Promise.all(
    keyring.blocks.map((block) =>
      typeof block === 'string' ? openpgp.readKeys({ armoredKeys: block }) : openpgp.readKeys({ binaryKeys: block }),
    ),
  ).catch((error: unknown) => {
    throw new EnvironmentError(
      `${keyring.from} cannot be read as OpenPGP keys: ${messageOf(error)}`,
      'check Signed-By in the apt sources',
      'permanent',
      { cause: error },
    );
  });
  const { data, signatures } = await openpgp.verify({ message, verificationKeys: keys.flat(), date: new Date(nowMs) });
  const outcomes = await Promise.allSettled(signatures.map((signature) => signature.verified));
  if (outcomes.some((outcome) => outcome.status === 'fulfilled')) return data;
  const why = outcomes.map((outcome) => (outcome.status === 'rejected' ? messageOf(outcome.reason) : '')).join('; ');
  throw new EnvironmentError(`${from} is not signed by a trusted key (${why || 'no signature'}; trusted: ${keyring.from})`, hint);
}
