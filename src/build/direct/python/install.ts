import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EnvironmentError, UserError } from '../../../base/index.ts';
import { runProcess, type ProcessEnd } from '../../../base/node.ts';

export interface InstallJob {
  readonly uv: string;
  /** A program that runs the base's interpreter on this machine. */
  readonly launcher: string;
  /** Full version of the interpreter: `3.11.2`. */
  readonly pythonVersion: string;
  /** As uv names it: `x86_64-manylinux_2_36`. */
  readonly platform: string;
  readonly requirements: string;
  /** A new folder of this process; the packages go to `target` inside it. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Installs wheels, and wheels only, each checked against its hash; returns the folder that holds them.
 * Throws UserError for a package without a wheel for the platform, EnvironmentError when the network fails.
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
  if (end.code !== 0) throw installError(end, job);
  return target;
}

function installError(end: ProcessEnd, job: InstallJob): Error {
  const said = end.stderr
    .replaceAll(/\s*[│╰─▶×]+\s*/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const unbuilt =
    /Because (\S+?)(?:==(\S+?))? has no (?:usable )?wheels|Building source distributions? (?:for|of) `?(\S+?)`? is disabled/i.exec(said) ??
    /[Dd]istribution `?([\w.-]+)==([\w.+!-]+)[^`]*`? can't be installed because it (?:doesn't|does not) have a/.exec(said);
  if (unbuilt) {
    const name = unbuilt[1] ?? unbuilt[3];
    return new UserError(
      `\`${name}\` has no wheel for ${job.platform} and Python ${job.pythonVersion}`,
      `ask for a version of \`${name}\` that has one, choose another base (\`--base\`), or build it in a Dockerfile: the direct engine compiles nothing`,
    );
  }
  if (/hash mismatch/i.test(said))
    return new EnvironmentError(
      `a downloaded package does not match its hash: ${said.slice(0, 600)}`,
      'if the package was replaced on purpose, lock again; else what serves it is broken or hostile',
      'permanent',
    );
  if (/error sending request|dns error|timed out|failed to fetch|connection/i.test(said))
    return new EnvironmentError(
      `packages could not be fetched: ${said.slice(0, 400)}`,
      'check the network and uv’s or pip’s index settings',
      'transient',
    );
  return new UserError(`packages cannot be installed: ${said.slice(0, 600)}`, 'mend the lock or the requirements that it names');
}
