import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { UserError } from '../base/index.ts';
import type { EngineId } from '../build/index.ts';
import type { Platform } from '../image/index.ts';
import type { RunnerId } from '../run/index.ts';
import type { ProjectOptions } from './project.ts';
import { reportOptions, type ReportOptions } from './reports.ts';

export interface PlanOptions {
  readonly entry?: string;
  readonly package?: string;
  readonly base?: string;
  readonly bytecode: boolean;
  readonly json?: boolean;
}

/** Options of every command that plans. `bases`: what `--base` takes; `path`: what the argument is. */
export function planOptions(
  command: Command,
  bases = '`bookworm`, `trixie`, or an image: `python:3.12-slim`, `registry/name:tag@sha256:…`, `oci:DIR`',
  path = 'the folder that holds the service',
): Command {
  return command
    .argument('[path]', path, '.')
    .option('--entry <entry>', 'the application: `module:object` or `file.py`')
    .option('--package <name>', 'at the root of a uv workspace: the member that is the service')
    .option('--base <name>', bases)
    .option('--no-bytecode', 'leave byte code of the dependencies out: smaller, slower to start')
    .option('--json', 'one JSON document on standard output, nothing else there');
}

/** `--no-bytecode` decides; its absence leaves the decision to plimsoll.yaml and the default. */
export const flagsOf = (options: PlanOptions): ProjectOptions => ({
  entry: options.entry,
  package: options.package,
  base: options.base,
  bytecode: options.bytecode ? undefined : 'none',
});

export interface BuildOptions extends PlanOptions {
  readonly output?: string;
  readonly platform?: readonly Platform[];
  readonly tag?: string;
  readonly push?: boolean;
  readonly locked?: boolean;
  readonly created?: string;
  readonly engine: EngineId;
  readonly target?: string;
  readonly buildArg?: readonly string[];
  readonly secret?: readonly string[];
  readonly cacheFrom?: readonly string[];
  readonly cacheTo?: readonly string[];
  readonly network?: 'default' | 'host' | 'none';
  readonly provenance?: 'min' | 'max';
  readonly sbom?: true;
  readonly sbomGenerator?: string;
  readonly buildkitAddr?: string;
  readonly buildTimeout?: number;
}

/** For commands that may push. `when`: under which condition. */
export const pushOption = (command: Command, when = ''): Command =>
  command.option('--push', `push it${when} to the registry that --tag names, besides --output`);

/** `--platform`; `otherwise`: which platforms without it. */
export const platformOption = (command: Command, otherwise: string): Command =>
  command.option('--platform <list>', `linux/amd64, linux/arm64 or both, with a comma (default: ${otherwise})`, platforms);

/** Options of every command that builds. */
export function buildOptions(command: Command, path?: string): Command {
  return platformOption(planOptions(command, undefined, path), 'this machine’s')
    .option(
      '--output <where>',
      'oci:DIR, oci-archive:FILE, docker-archive:FILE, or registry:NAME to push it (default: an OCI layout in .plimsoll/image)',
    )
    .option('--tag <name:tag>', 'the name in the output (default: the service’s name and version)')
    .option('--locked', 'fail when plimsoll.lock would have to change')
    .option(
      '--created <when>',
      '`git`: the date of the last commit, which is then named in the image; else seconds since 1970 (default: SOURCE_DATE_EPOCH, or 0)',
    )
    .addOption(
      new Option('--engine <name>', '`direct` builds the plan; the others the Dockerfile in the repository')
        .choices(['direct', 'buildkit', 'docker', 'podman'])
        .default('direct'),
    )
    .option('--target <stage>', 'the stage of the Dockerfile to stop at')
    .option('--build-arg <K=V>', 'a build argument, repeatable', repeated)
    .option('--secret <id=ID,src=FILE>', 'a build secret, repeatable; `ca`, `pip` and `uv` come from this machine’s settings', repeated)
    .option('--cache-from <where>', 'a cache to read, as the engine names it (`type=registry,ref=…`), repeatable', repeated)
    .option('--cache-to <where>', 'a cache to write, repeatable', repeated)
    .addOption(new Option('--network <mode>', 'the network of RUN').choices(['default', 'host', 'none']))
    .addOption(new Option('--provenance <mode>', 'say beside the image how it was made (SLSA), with BuildKit').choices(['min', 'max']))
    .option('--sbom', 'attach a list of what is installed in it (CycloneDX); with BuildKit its own (SPDX)')
    .option('--sbom-generator <image>', 'the same by another image than BuildKit’s own')
    .option('--buildkit-addr <address>', 'where buildkitd listens (default: BUILDKIT_HOST)')
    .option('--build-timeout <seconds>', 'when a build that hangs is taken down (default: 3600)', seconds);
}

const repeated = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

function seconds(value: string): number {
  if (!/^[1-9]\d{0,6}$/.test(value)) throw new InvalidArgumentError('Write whole seconds.');
  return Number(value);
}

export interface ProofOptions extends ReportOptions {
  readonly env?: readonly string[];
  readonly envFile?: string;
  readonly probe?: readonly string[];
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly allowUnproven?: readonly string[];
  readonly profile?: string;
  readonly runner?: RunnerId;
}

/** For every command that runs a service. */
export const runnerOption = (command: Command): Command =>
  command.addOption(
    new Option('--runner <name>', 'what runs it (default: `embedded`; where that cannot, Docker or Podman)').choices([
      'embedded',
      'docker',
      'podman',
    ]),
  );

/** Options of every command that checks. */
export function proofOptions(command: Command): Command {
  const proving = runnerOption(command)
    .option('--env <K=V>', 'a value for the run, repeatable', repeated)
    .option('--env-file <file>', 'values for the run, K=V lines')
    .option('--probe <request>', 'a request to make and its status, `GET /orders 200`, repeatable', repeated)
    .option('--only <ids>', 'only these checks, with commas', list)
    .option('--skip <ids>', 'not these checks, with commas', list)
    .option('--allow-unproven <ids>', 'let these pass unproven (not measurable on this machine), with commas; the report says so', list)
    .option('--profile <target>', 'hold it to what docker, compose, podman, kubernetes, openshift or ecs demands (default: docker)');
  return reportOptions(proving);
}

const list = (value: string): string[] =>
  value
    .split(',')
    .map((s) => s.trim())
    .filter(Boolean);

function platforms(value: string): Platform[] {
  return list(value).map((name) => {
    if (name !== 'linux/amd64' && name !== 'linux/arm64') throw new InvalidArgumentError('Known are linux/amd64 and linux/arm64.');
    return { os: 'linux', architecture: name.slice('linux/'.length) };
  });
}

/** The platform of this machine's containers. */
export function hostPlatform(): Platform {
  const architecture = { x64: 'amd64', arm64: 'arm64' }[process.arch as string];
  if (architecture === undefined)
    throw new UserError(
      `no image is made for ${process.arch} without being asked`,
      'pass `--platform linux/amd64` or `--platform linux/arm64`',
    );
  return { os: 'linux', architecture };
}

/** Help texts end with examples. */
export const examples = (...lines: readonly string[]): string => `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}\n`;
