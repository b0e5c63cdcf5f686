import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fact } from '../../../base/index.ts';
import { runProcess } from '../../../base/node.ts';
import { uvError } from './uv-error.ts';

export interface InstallJob {
  readonly uv: string;
  /** A program that runs the base's interpreter on this machine. */
  readonly launcher: string;
  /** Full version of the interpreter: `3.11.2`. */
  readonly pythonVersion: string;
  /** As uv names it: `x86_64-manylinux_2_36`. */
  readonly platform: string;
  readonly requirements: string;
  /** What the repository asks for, to locate errors. */
  readonly asked: readonly Fact<{ readonly name: string }>[];
  /** A new folder of this process; the packages go to `target` inside it. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Installs wheels, and wheels only, each checked against its hash; returns the folder that holds them.
 * Throws UserError for a package without a wheel for the platform or with another hash, EnvironmentError when the network fails.
 */
export async function installWheels(job: InstallJob): Promise<string> {
  const target = join(job.folder, 'target');
  const list = join(job.folder, 'requirements.txt');
  await writeFile(list, job.requirements);
  const end = await runProcess({
    argv: [
      job.uv,
      'pip',
      'install',
      '--target',
      target,
      '--python',
      job.launcher,
      '--python-platform',
      job.platform,
      '--python-version',
      job.pythonVersion,
      '--require-hashes',
      '--only-binary',
      ':all:',
      '--no-deps',
      '--link-mode',
      'copy',
      '--no-compile-bytecode',
      '--quiet',
      '-r',
      list,
    ],
    env: job.env,
    timeoutMs: 900_000,
  });
  if (end.code !== 0) throw uvError(end, { done: 'installed', target: `Python ${job.pythonVersion} on ${job.platform}`, asked: job.asked });
  return target;
}
