import { EnvironmentError, normalizedName } from '../../base/index.ts';
import { findOnPath, runProcess } from '../../base/node.ts';
import type { Told } from '../advisories.ts';
import { silence, type Answer, type ScannedPackage, type Source } from '../types.ts';
import { readGrype } from './grype.ts';
import { readTrivy } from './trivy.ts';

export const TOOLS = ['trivy', 'grype'] as const;
export type Tool = (typeof TOOLS)[number];

/** What a scanner of others said of an image. */
export interface ToolReport {
  readonly asOf: string | undefined;
  /** By `keyOf` of the package. */
  readonly told: ReadonlyMap<string, readonly Told[]>;
  /** What it looked at, where it says that. */
  readonly looked: ReadonlySet<string> | undefined;
}

/** Scanners write a package as its own manager does. */
export const keyOf = (name: string, version: string): string => `${normalizedName(name)} ${version}`;

/** The highest of the scores by the newest version of CVSS; undefined where there is none. Each with its version's first number. */
export function newestScore(all: readonly (readonly [version: number, score: number | undefined])[]): number | undefined {
  const scores = all.flatMap(([version, score]) => (score === undefined ? [] : [{ version, score }]));
  return scores.toSorted((a, b) => a.version - b.version || a.score - b.score).at(-1)?.score;
}

const HOURS = 3_600_000;

/**
 * A scanner that somebody else made, asked in place of all sources. `layout`: the image as an OCI layout on this disk. Its
 * own database is its business: `offline` has it take what it has. Throws EnvironmentError where it is not installed.
 */
export function tool(name: Tool, layout: () => Promise<string>, offline: boolean): Source {
  return {
    id: name,
    name,
    ...(name === 'grype' ? { saysNothingOf: 'which packages it looked at' } : {}),
    concerns: () => true,
    async ask(packages, job) {
      if ((await findOnPath(name)) === undefined)
        throw new EnvironmentError(
          `\`${name}\` is not installed`,
          `install it, or leave \`--with ${name}\` out: Plimsoll asks the sources itself then`,
        );
      const { argv, env } = commandOf(name, await layout(), offline);
      const end = await runProcess({ argv, env, timeoutMs: HOURS, maxOutputBytes: 256 * 1024 * 1024, signal: job.signal, group: true });
      job.signal?.throwIfAborted();
      const said = end.stderr.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
      if (end.code !== 0) return new Map(packages.map((one) => [one, silence(`${name} ended with ${end.code}: ${said}`)]));
      const report = (name === 'trivy' ? readTrivy : readGrype)(end.stdout);
      return answersOf(report, packages, name, job.nowMs);
    },
  };
}

/** Trivy's manual, "Container Image", `--input`; Grype's, "Supported sources". Not told to be quiet: Grype then does not say why it failed. */
function commandOf(name: Tool, layout: string, offline: boolean): { argv: [string, ...string[]]; env: NodeJS.ProcessEnv } {
  if (name === 'grype')
    return {
      argv: ['grype', `oci-dir:${layout}`, '-o', 'json'],
      env: { ...process.env, NO_COLOR: '1', ...(offline ? { GRYPE_DB_AUTO_UPDATE: 'false' } : {}) },
    };
  const skips = offline ? ['--skip-db-update', '--skip-java-db-update', '--offline-scan'] : [];
  return {
    argv: ['trivy', 'image', '--input', layout, '--format', 'json', '--list-all-pkgs', '--scanners', 'vuln', '--quiet', ...skips],
    env: process.env,
  };
}

/** What a scanner says of these packages. What it did not look at is unknown. */
export function answersOf(
  report: ToolReport | undefined,
  packages: readonly ScannedPackage[],
  name: Tool,
  nowMs: number,
): ReadonlyMap<ScannedPackage, Answer> {
  if (report === undefined)
    return new Map(packages.map((one) => [one, silence(`what ${name} printed is not the JSON that it is known for`)]));
  const asOf = report.asOf ?? new Date(nowMs).toISOString();
  const answer = (one: ScannedPackage): Answer => {
    const keys = [...new Set([keyOf(one.name, one.version), keyOf(one.name, one.version.replace(/^\d+:/, ''))])];
    const told = keys.flatMap((key) => report.told.get(key) ?? []);
    if (told.length === 0 && report.looked && !keys.some((key) => report.looked?.has(key))) return silence(`${name} did not look at it`);
    return { answered: true, told, asOf };
  };
  return new Map(packages.map((one) => [one, answer(one)]));
}
