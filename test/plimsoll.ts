import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gates } from '../src/prove/index.ts';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const bin = join(root, 'dist/plimsoll.js');
export const fixtures = join(root, 'fixtures');

export interface End {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Options {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Runs as this user: needs root. */
  readonly uid?: number;
  /** Words in front, such as `setpriv …`. */
  readonly wrap?: readonly string[];
}

/** Runs the bundled program to its end. */
export function plimsoll(args: readonly string[], options: Options = {}): Promise<End> {
  const [file, ...rest] = [...(options.wrap ?? []), process.execPath, bin, ...args] as [string, ...string[]];
  return new Promise((resolve, reject) => {
    const child = spawn(file, rest, {
      cwd: options.cwd ?? root,
      env: { ...process.env, CI: '1', ...options.env },
      ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
    child.stdin.end();
  });
}

/** Runs another program to its end, with CI set; its standard output. Throws what it said when it fails. */
export function run(folder: string, ...[file = '', ...args]: readonly string[]): string {
  const end = spawnSync(file, args, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 26, env: { ...process.env, CI: '1' } });
  if (end.status !== 0) throw new Error(`${file} ${args.join(' ')}: ${end.status}\n${end.stdout}\n${end.stderr}`);
  return end.stdout;
}

/** A new empty folder, made when it is first asked for: where all tests of a file are skipped, nobody removes it. `remove` it when done. */
export function scratch(): { readonly folder: string; readonly remove: () => void } {
  let made: string | undefined;
  return {
    get folder() {
      return (made ??= mkdtempSync(join(tmpdir(), 'plimsoll-test-')));
    },
    remove: () => (made === undefined ? undefined : rmSync(made, { recursive: true, force: true })),
  };
}

/** A copy of a fixture's service, without what a build left there. */
export function copyOf(service: string, to: string): string {
  cpSync(service, to, { recursive: true, filter: (path) => !/\/(\.plimsoll|plimsoll\.lock|__pycache__|\.venv)$/.test(path) });
  return to;
}

/** In the order of reports. */
export const GATES: readonly string[] = gates.map(({ id }) => id);

export const has = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
export const isRoot = process.getuid?.() === 0;

/**
 * For `ship` and `prove`: where an ordinary user has one id only, files lose their owners in the run, and what runs the
 * service may end unproven, with its remedy. What is left must hold all the same.
 */
export const LENIENT: readonly string[] = isRoot
  ? []
  : [
      '--allow-unproven',
      'ready-in-time,health-check,read-only-root,sigterm,missing-variable,logs,probes,liveness,no-capabilities,reaps,memory-limit',
    ];
