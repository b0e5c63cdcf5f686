import { InvalidArgumentError, type Command } from 'commander';
import { UserError } from '../base/index.ts';
import { parseDuration, parseSize } from '../config/index.ts';
import { recognised, type ImageRef } from '../image/index.ts';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { AllowedSecret, ImageWishes } from '../prove/index.ts';

/** What can be said of an image whose repository is not at hand. */
export interface WishOptions {
  readonly port?: number;
  readonly health?: string;
  readonly writable?: readonly string[];
  readonly memory?: number;
  readonly ready?: number;
  readonly grace?: number;
  readonly budget?: number;
  readonly allowSecret?: readonly AllowedSecret[];
}

/** Each with the key of plimsoll.yaml that says the same of a repository. */
const KEYS: Readonly<Record<keyof WishOptions, string>> = {
  port: 'port',
  health: 'healthCheck',
  writable: 'writable',
  memory: 'limits',
  ready: 'budget',
  grace: 'stop',
  budget: 'budget',
  allowSecret: 'prove.allowSecrets',
};

/** Shorter ones say nothing; plimsoll.yaml has the same. */
const REASON_LENGTH = 8;

/** Options of `prove` about an image alone. */
export const wishOptions = (command: Command): Command =>
  command
    .option(
      '--port <number>',
      'of an image: the port its service listens on (default: what its health check asks, else one of those that it exposes)',
      portNumber,
    )
    .option('--health <path>', 'of an image: a path that answers below 400 when the service is ready', absolute)
    .option('--writable <path>', 'of an image: a path that may be written, beside its volumes; repeatable', paths)
    .option('--memory <size>', 'of an image: its memory limit (`256 MiB`)', size)
    .option(
      '--ready <seconds>',
      'of an image: it must be ready within so long (default: 10, or the start period of its health check)',
      seconds,
    )
    .option('--grace <seconds>', 'of an image: it must stop within so long (default: 10)', seconds)
    .option('--budget <size>', 'of an image: how large it may be unpacked (default: 200 MB)', size)
    .option(
      '--allow-secret <in=reason>',
      'of an image: a file (`/app/certs/*.pem`) or variable that may hold a secret, and why; repeatable',
      allowed,
    );

export function wishesOf({ port, health, writable, memory, ready, grace }: WishOptions): ImageWishes {
  return { port, healthPath: health, writable, memoryBytes: memory, readyWithinMs: ready, graceMs: grace };
}

/** A repository says it in plimsoll.yaml, where the image's engine and the written files read it too. */
export function refuseWishes(options: WishOptions): void {
  const [name] = (Object.keys(KEYS) as (keyof WishOptions)[]).filter((key) => options[key] !== undefined);
  if (name !== undefined)
    throw new UserError(
      `\`--${name.replace('allowSecret', 'allow-secret')}\` is about an image without its repository`,
      `set \`${KEYS[name]}\` in plimsoll.yaml`,
    );
}

/**
 * The image that an argument names; undefined where it is a folder without an image layout in it, or nothing that is
 * there: a repository, or the mistake in naming one.
 */
export async function imageNamed(text: string): Promise<ImageRef | undefined> {
  const ref = await recognised(text);
  if (ref.kind !== 'bare') return ref;
  const is = async (path: string): Promise<'folder' | 'file' | undefined> =>
    stat(path).then(
      (it) => (it.isDirectory() ? 'folder' : 'file'),
      () => undefined,
    );
  const what = await is(ref.path);
  if (what === 'file') return ref;
  return what === 'folder' && (await is(join(ref.path, 'oci-layout'))) === 'file' ? ref : undefined;
}

/** From the words of a flag. Commander says which flag it was. */
const parsed =
  <T>(how: string, read: (text: string) => T | undefined) =>
  (text: string): T => {
    const value = read(text);
    if (value === undefined) throw new InvalidArgumentError(how);
    return value;
  };

const portNumber = parsed('Write a number from 1 to 65535.', (text) =>
  /^\d{1,5}$/.test(text) && Number(text) > 0 && Number(text) < 65536 ? Number(text) : undefined,
);
const absolute = parsed('Write a path that begins with `/`.', (text) => (text.startsWith('/') ? text : undefined));
const paths = (text: string, before: readonly string[] = []): readonly string[] => [...before, absolute(text)];
const allowed = (text: string, before: readonly AllowedSecret[] = []): readonly AllowedSecret[] => [...before, allowedSecret(text)];
/** As `prove.allowSecrets` in plimsoll.yaml has it. */
const allowedSecret = parsed('Write where and why: `/app/certs/*.pem=sign for localhost in the tests`.', (text) => {
  const [, place, reason] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  return place !== undefined && reason !== undefined && reason.trim().length >= REASON_LENGTH
    ? { in: place, reason: reason.trim() }
    : undefined;
});
const size = parsed('Write a size: `200 MB`, `256 MiB`.', (text) => quantity(() => parseSize(text)));
const seconds = parsed('Write seconds: `15`, or `1.5 s`.', (text) =>
  quantity(() => parseDuration(/^[\d.]+$/.test(text) ? `${text} s` : text)),
);

function quantity(read: () => number): number | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
