import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** An interpreter of the target's minor version that runs on this machine. */
export interface HostPython {
  /** What to run, before Python's own arguments: the interpreter, or its loader and the interpreter. */
  readonly argv: readonly [string, ...string[]];
  /** Full version, such as `3.11.2`: markers may ask for it. */
  readonly version: string;
}

/** Writes a program into `folder` that runs the interpreter: for tools that take one path. */
export async function launcherOf(python: HostPython, folder: string): Promise<string> {
  const path = join(folder, 'python3');
  const words = python.argv.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ');
  await writeFile(path, `#!/bin/sh\nexec ${words} "$@"\n`);
  await chmod(path, 0o755);
  return path;
}
