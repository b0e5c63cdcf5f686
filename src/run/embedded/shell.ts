import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../clock.ts';
import { setupError } from '../setup-error.ts';
import { withoutInherited } from './leaks.ts';

/** A shell that is told what to do line by line, and says on descriptor 3 when it has done it. */
export interface DrivenShell {
  readonly pid: number;
  /** Runs a script; resolves with the lines it wrote to descriptor 3. Rejects when a command in it fails. */
  ask(script: string): Promise<readonly string[]>;
  /** Becomes `command`, which must end in a shell that reads standard input: the next `ask` is for that one. */
  become(command: string): Promise<void>;
  /** Sends the last script; nothing is answered any more. */
  finish(script: string): void;
  readonly ended: Promise<ShellEnd>;
  hasEnded(): boolean;
  /** What it wrote to standard error. */
  complaint(): string;
  kill(): void;
}

export interface ShellEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Monotonic, milliseconds. */
  readonly atMs: number;
}

const DONE = '.';

/** A word for a shell. */
export const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/**
 * Starts `argv`, which must become `sh -es` reading standard input. In a session of its own: a Ctrl-C in the terminal
 * is for Plimsoll, not for what it runs. Standard output goes nowhere.
 */
export function drivenShell(argv: readonly [string, ...string[]], cwd: string, env: Readonly<Record<string, string>>): DrivenShell {
  const child = spawn(argv[0], argv.slice(1), { cwd, env, detached: true, stdio: withoutInherited(['pipe', 'ignore', 'pipe', 'pipe']) });
  const input = child.stdin!;
  input.on('error', () => {}); // it may end before it has read everything
  const complaint = keptText(child.stdio[2] as Socket);
  const ended = endOf(child);
  ended.catch(() => {}); // those who ask are told
  const answers = answersOf(child.stdio[3] as Socket);

  const ask = (script: string): Promise<readonly string[]> => {
    const answer = answers.next();
    input.write(`${script}\necho ${DONE} >&3\n`);
    return Promise.race([answer, failure()]);
  };
  const failure = async (): Promise<never> => {
    const end = await ended;
    throw setupError(complaint().trim() || `a shell ended with ${end.signal ?? end.code}`);
  };
  return {
    pid: child.pid ?? -1,
    ask,
    async become(command) {
      const answer = answers.next();
      // One line: nothing after it may be read by the shell that goes.
      input.write(`echo ${DONE} >&3; exec ${command}\n`);
      await Promise.race([answer, failure()]);
    },
    finish: (script) => void input.end(`${script}\n`),
    ended,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined,
    complaint,
    kill: () => void child.kill('SIGKILL'),
  };
}

async function endOf(child: ChildProcess): Promise<ShellEnd> {
  const complained = new Promise((resolve) => child.stdio[2]?.once('close', resolve));
  const end = await new Promise<ShellEnd>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal, atMs: monotonicMs() }));
  });
  // What it said last may still be on its way.
  await Promise.race([complained, sleep(COMPLAINT_MS)]);
  return end;
}

const COMPLAINT_MS = 200;

/** The last of what a stream says: enough for a message. */
function keptText(stream: Socket): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (part: string) => (text = (text + part).slice(-4096)));
  return () => text;
}

function answersOf(stream: Socket): { next(): Promise<readonly string[]> } {
  const waiting: ((lines: readonly string[]) => void)[] = [];
  let lines: string[] = [];
  let rest = '';
  stream.setEncoding('utf8').on('data', (part: string) => {
    const pieces = (rest + part).split('\n');
    rest = pieces.pop() ?? '';
    for (const line of pieces) {
      if (line !== DONE) lines.push(line);
      else {
        waiting.shift()?.(lines);
        lines = [];
      }
    }
  });
  stream.on('error', () => {});
  return { next: () => new Promise((resolve) => waiting.push(resolve)) };
}
