import { mkdtemp, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EnvironmentError, messageOf } from '../../base/index.ts';
import { runProcess, type Store } from '../../base/node.ts';
import { lackOfIds } from '../embedded/available.ts';
import { findTool, type Host } from '../host.ts';
import { subordinateIds } from '../ids.ts';
import { memoryAccountOf } from '../memory.ts';
import type { Availability, Lack } from '../types.ts';
import { undoList } from '../undo.ts';
import { commandOf, type Client } from './client.ts';
import { imagesOf, type Images } from './images.ts';
import { removeLeft } from './names.ts';
import { pauseImage } from './pause.ts';
import { startContainer } from './start.ts';

/** What can be run with, when anything can. */
export interface Able {
  /** With the runtime that works here. */
  readonly client: Client;
  readonly images: Images;
  readonly pause: string;
}

export interface Report {
  readonly availability: Availability;
  readonly able?: Able;
}

const refused = (why: string, remedy: string): Report => ({ availability: { ok: false, why, remedy } });

/** Runs a container that does nothing, looked into as the proof's are, and names the cause of what is refused. Never throws. */
export async function checkClient(client: Client, host: Host, store: Store): Promise<Report> {
  try {
    const missing = await whyNot(client, host);
    if (missing) return refused(missing.why, missing.remedy);
    const [first, ...others] = [[], ...client.otherRuntimes].map((globals) => ({ ...client, globals }));
    const report = await trial(first ?? client, host, store);
    for (const other of report.able ? [] : others) {
      const second = await trial(other, host, store);
      if (second.able) return second;
    }
    return report;
  } catch (error) {
    return refused(
      messageOf(error),
      error instanceof EnvironmentError ? error.hint : 'report this: `plimsoll doctor` should have said more',
    );
  }
}

async function whyNot(client: Client, host: Host): Promise<{ readonly why: string; readonly remedy: string } | undefined> {
  const elsewhere = 'use `--runner embedded`';
  if (host.platform !== 'linux')
    return {
      why: `containers are looked into from outside, and this is ${host.platform}: they run in a virtual machine`,
      remedy: 'run Plimsoll in that machine, or in CI',
    };
  const end = await runProcess({ argv: commandOf(client, client.version) });
  if (end.code !== 0) return { why: `\`${client.id}\` does not answer: ${lastLine(end.stderr)}`, remedy: client.howToGet };
  if (findTool(host, 'nsenter') === undefined)
    return { why: '`nsenter` cannot be found', remedy: 'install util-linux (Debian and Ubuntu: `apt-get install util-linux`)' };
  if (host.uid !== 0 && client.id === 'docker')
    return {
      why: 'requests are made from inside the container’s network, which only root may enter with Docker',
      remedy: `run as root, or ${elsewhere}`,
    };
  if (host.uid !== 0 && !subordinateIds(host)) return lackOfIds(host);
  return undefined;
}

/** Enough for a program of a few instructions. */
const TRIAL_BYTES = 64 * 1024 * 1024;

async function trial(plain: Client, host: Host, store: Store): Promise<Report> {
  const client = { ...plain, create: [...plain.create, ...ownLimits(plain, host)] };
  const image = pauseImage();
  if (!image) return refused(`nothing holds a container’s network on ${process.arch}`, 'use `--runner embedded`');
  await removeLeft(client);
  const images = imagesOf(client, store);
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-trial-'));
  const undo = undoList();
  let isKept = false;
  try {
    const pause = await images.load(image);
    const options = { environment: {}, readOnlyRoot: true, writablePaths: ['/trial'], memoryBytes: TRIAL_BYTES };
    const parts = await startContainer({ client, host, image, names: { image: pause, pause }, options, folder }, undo);
    if (parts.pid === 0) throw new EnvironmentError('a container that should wait has ended', client.howToGet);
    await parts.agent.call('hello');
    if (!isHere(parts.pid))
      return refused(
        `${client.id} runs its containers on another machine, or in a virtual one`,
        'run Plimsoll there, or use `--runner embedded`',
      );
    isKept = true;
    const limit = memoryAccountOf(host, parts.pid, parts.id)?.limitBytes();
    return { availability: { ok: true, lacks: limit === TRIAL_BYTES ? [] : [lackOfMemory(client)] }, able: { client, images, pause } };
  } catch (error) {
    const said = error instanceof EnvironmentError && typeof error.cause === 'string' ? error.cause : messageOf(error);
    return refused(`${[client.id, ...client.globals].join(' ')} cannot run a container here: ${said}`, 'use `--runner embedded`');
  } finally {
    await undo.run();
    // Not before its container is gone.
    if (!isKept) await images.remove();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The number that the engine tells is a process of this machine, and that one. */
function isHere(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith('/pause');
  } catch {
    return false;
  }
}

const lackOfMemory = ({ id }: Client): Lack => ({
  ability: 'memory-limit',
  why: `${id} sets no memory limit for this user (an ordinary user has no control groups of version 1), and peak memory is sampled`,
  remedy: 'run as root, or on a machine with cgroup v2 that is delegated to this user',
});

/** capabilities(7), CAP_SYS_RESOURCE. */
const SYS_RESOURCE = 1n << 24n;
/** The most processes that Podman 4.3 lets a container of such a root have. */
const PODMAN_PROCESSES = 32_768;

/** As root Podman raises limits to what the kernel allows, which a root without that privilege may not: it gets its own. */
function ownLimits({ id }: Client, host: Host): readonly string[] {
  if (id !== 'podman' || host.uid !== 0) return [];
  const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? 'f'.repeat(16);
  if ((BigInt(`0x${effective}`) & SYS_RESOURCE) !== 0n) return [];
  const hard = (name: string): number => {
    const text = new RegExp(String.raw`^Max ${name}\s+\S+\s+(\S+)`, 'm').exec(readFileSync('/proc/self/limits', 'latin1'))?.[1];
    return Number(text) || PODMAN_PROCESSES;
  };
  const [files, processes] = [hard('open files'), Math.min(hard('processes'), PODMAN_PROCESSES)];
  return ['--ulimit', `nofile=${files}:${files}`, '--ulimit', `nproc=${processes}:${processes}`];
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
