import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { EnvironmentError, messageOf } from '../../base/index.ts';
import { findTool, toolEnvironment, type Host } from '../host.ts';
import type { IdPlan } from '../ids.ts';
import { writeMaps } from './mapping.ts';
import { programPath } from '../program.ts';

/** Our own program that writes files with their owners: extract.mjs. */
export interface Extractor {
  /** Sends one frame; resolves when more may be sent. */
  send(head: object): Promise<void>;
  sendBytes(bytes: Uint8Array): Promise<void>;
  /** Waits for the answer to `close` or `remove`. Throws EnvironmentError when it failed. */
  answer(): Promise<readonly string[]>;
  end(): Promise<void>;
}

interface Answer {
  readonly ok: boolean;
  readonly notes?: readonly string[];
  readonly error?: string;
}

/** Waits for ids, then becomes the program. */
const WAIT_FOR_IDS = 'echo ready; read -r go && exec "$@"';

/** Starts the extractor; with subordinate ids, inside a user namespace that has them. */
export async function startExtractor(host: Host, ids: IdPlan): Promise<Extractor> {
  const program: readonly string[] = [process.execPath, programPath('extract')];
  const mapped = ids.kind === 'mapped';
  const unshare = findTool(host, 'unshare') ?? 'unshare';
  const argv = mapped ? [unshare, '--user', 'sh', '-c', WAIT_FOR_IDS, 'sh', ...program] : program;
  const child = spawn(argv[0]!, argv.slice(1), { env: toolEnvironment(host), detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-2048)));
  child.stdin.on('error', () => {});
  const exited = new Promise<void>((resolve) =>
    child.once('close', () => resolve()).once('error', (error) => ((complaint = messageOf(error)), resolve())),
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => {
    const next = await lines.next();
    if (next.done !== true) return next.value;
    await exited;
    throw unpackError(complaint.trim() || 'the extractor ended early');
  };
  const write = async (bytes: Uint8Array): Promise<void> => {
    if (!child.stdin.writable || child.stdin.write(bytes)) return;
    await Promise.race([once(child.stdin, 'drain'), exited]);
  };

  if (mapped) {
    await line();
    await writeMaps(host, child.pid!, ids);
    await write(Buffer.from('go\n'));
  }
  return {
    send: (head) => write(frame(head)),
    sendBytes: write,
    async answer() {
      const answer = JSON.parse(await line()) as Answer;
      if (!answer.ok) throw unpackError(answer.error ?? '');
      return answer.notes ?? [];
    },
    async end() {
      child.stdin.end();
      await exited;
    },
  };
}

function frame(head: object): Uint8Array {
  const body = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}

const unpackError = (why: string): EnvironmentError =>
  new EnvironmentError(
    `a layer could not be unpacked: ${why}`,
    why.includes('ENOSPC') ? 'free some room, or run `plimsoll cache prune`' : '`plimsoll validate` says whether the image is sound',
  );
