import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type Store } from '../base/node.ts';
import type { ImageConfig } from '../image/index.ts';
import type { Availability, Container, RunnerId, RunOptions } from './types.ts';
import { BUSYBOX, busyboxLayer, imageOfTars, plainRun, type Entry } from './image.testing.ts';
import { thisHost } from './host.ts';
import { planIds } from './ids.ts';
import { engineRunner } from './docker/runner.ts';
import { embeddedRunner } from './embedded/runner.ts';
import { removeUnpacked } from './embedded/unpack.ts';

/** Why containers cannot be run in tests here; undefined when they can. */
export async function whyNoContainers(): Promise<string | undefined> {
  // A dynamic busybox would need its libraries in the image.
  if (!existsSync(BUSYBOX) || hasInterpreter(readFileSync(BUSYBOX))) return 'busybox-static is not installed';
  const available = await embeddedRunner({} as Store).available();
  return available.ok ? undefined : available.why;
}

/** elf(5), 64 bit, little endian: a program header of type PT_INTERP. */
function hasInterpreter(elf: Buffer): boolean {
  const [at, size, count] = [Number(elf.readBigUInt64LE(0x20)), elf.readUInt16LE(0x36), elf.readUInt16LE(0x38)];
  return Array.from({ length: count }, (_, i) => elf.readUInt32LE(at + i * size)).includes(3);
}

/** True when files lose their owners: a single mapped id. */
export async function lacksOwners(): Promise<boolean> {
  const available = await embeddedRunner({} as Store).available();
  return available.ok && available.lacks.some((lack) => lack.ability === 'owners');
}

/** A store of its own, and containers from it. */
export interface Kit {
  readonly store: Store;
  /** Runs a shell script as PID 1 of a busybox image. */
  script<T>(text: string, use: (container: Container) => Promise<T>, over?: Partial<Job>): Promise<T>;
  available(): Promise<Availability>;
  close(): Promise<void>;
}

export interface Job {
  readonly options: Partial<RunOptions>;
  readonly config: NonNullable<ImageConfig['config']>;
  readonly files: readonly Entry[];
  /** Layers above the first. */
  readonly above: readonly Uint8Array[];
}

export async function openKit(id: RunnerId = 'embedded'): Promise<Kit> {
  const root = mkdtempSync(join(tmpdir(), 'plimsoll-run-'));
  const store = await openStore(root);
  const runner = id === 'embedded' ? embeddedRunner(store) : engineRunner(id, store);
  return {
    store,
    script(text, use, { options = {}, config = {}, files = [], above = [] } = {}) {
      // Not as its entrypoint: one image for all scripts need be loaded once.
      const argv = config.Entrypoint ? {} : { argv: ['sh', '-c', text] };
      const image = imageOfTars([busyboxLayer(...files), ...above], { User: '10001:10001', ...config });
      return runner.run(image, { ...plainRun, ...argv, ...options }, use);
    },
    available: () => runner.available(),
    async close() {
      await runner.close();
      await store.close();
      await removeUnpacked(thisHost(), planIds(thisHost()), [join(root, 'folders')]);
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** What a script printed, when it has ended. */
export async function outputOf(container: Container): Promise<string> {
  const exit = await container.exited(20_000);
  if (!exit) throw new Error(`it still runs: ${JSON.stringify(container.logs())}`);
  return container
    .logs()
    .map((line) => line.text)
    .join('\n');
}

/** A shell script that serves HTTP once per call, for `nc -e`: it reads the body before it answers with it. */
export const ECHO_HANDLER = `#!/bin/sh
length=0
while IFS= read -r line; do
  line=$(printf %s "$line" | tr -d '\\r')
  case $line in
    [Cc]ontent-[Ll]ength:*) length=\${line#*: } ;;
    '') break ;;
  esac
done
body=$(head -c "$length")
printf 'HTTP/1.1 200 OK\\r\\nContent-Length: %s\\r\\nX-Kind: echo\\r\\n\\r\\n%s' "\${#body}" "$body"
`;

/** All command lines of this machine. */
export const commandLines = (): readonly string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return '';
      }
    });
