import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fact } from '../../../base/index.ts';
import { runProcess } from '../../../base/node.ts';
import { launcherOf, type HostPython } from './host-python.ts';
import { uvEnvironment } from './uv.ts';
import { uvError } from './uv-error.ts';

export interface InstallJob {
  readonly uv: string;
  /** The base's interpreter, for this machine. */
  readonly python: HostPython;
  /** As uv names it: `x86_64-manylinux_2_36`. */
  readonly platform: string;
  readonly requirements: string;
  /** What the repository asks for, to locate errors. */
  readonly asked?: readonly Fact<{ readonly name: string }>[];
  /** A new folder of this process; the packages go to `target` inside it. */
  readonly folder: string;
  /** Default: uv's own settings of this machine. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Installs wheels, and wheels only, each checked against its hash; returns the folder that holds them.
 * Throws UserError for a package without a wheel for the platform or with another hash, EnvironmentError when the network fails.
 */
export async function installWheels(job: InstallJob): Promise<string> {
  const { asked = [], env = uvEnvironment(), python } = job;
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
      await launcherOf(python, job.folder),
      '--python-platform',
      job.platform,
      '--python-version',
      python.version,
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
    env,
    timeoutMs: 900_000,
  });
  if (end.code !== 0) throw uvError(end, { done: 'installed', target: `Python ${python.version} on ${job.platform}`, asked });
  return target;
}
