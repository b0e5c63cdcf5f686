import type { GateResult } from '../../prove/index.ts';
import { formatBytes, formatMs } from '../units.ts';
import { gateRow, idsOf, readyMsOf } from './rows.ts';
import type { Comparison, Regression } from './types.ts';

/** Sizes that grow by less are no regression, whatever their share: a package's new version is often more. Bytes. */
const NOISE_BYTES = 100_000;
/** Times differ from run to run: what a start or a build takes more is a regression from a quarter and half a second on. */
const NOISE_SHARE = 0.25;
const NOISE_MS = 500;

type Pair = Pick<Comparison, 'before' | 'after'>;

/**
 * What got worse. `tolerance`: the share by which sizes may grow, 0 and up (0.05 is 5 %); times may by a quarter at
 * least. What can be counted (tools, setuid files, findings, failed checks) may not grow at all.
 */
export const regressionsOf = (pair: Pair, tolerance: number): readonly Regression[] => [
  ...sizes(pair, tolerance),
  ...contents(pair),
  ...times(pair, Math.max(tolerance, NOISE_SHARE)),
  ...checks(pair),
  ...vulnerabilities(pair),
];

const sizes = ({ before, after }: Pair, tolerance: number): readonly Regression[] =>
  (
    [
      ['unpacked', 'uncompressed'],
      ['to pull', 'compressed'],
      ['hidden by later layers', 'hidden'],
    ] as const
  ).flatMap(([what, name]) => grown(what, before.image.size[name], after.image.size[name], tolerance, NOISE_BYTES, formatBytes));

function contents({ before, after }: Pair): readonly Regression[] {
  const [old, fresh] = [before.image, after.image];
  const found: Regression[] = [];
  if (isRoot(fresh.user) && !isRoot(old.user)) found.push({ what: 'user', says: `root, where it was ${old.user}` });
  if (fresh.healthCheck.length === 0 && old.healthCheck.length > 0) found.push({ what: 'health check', says: 'there is none any more' });
  const newly = (what: string, was: readonly string[], is: readonly string[]): void => {
    const known = new Set(was);
    const added = is.filter((path) => !known.has(path));
    if (added.length > 0) found.push({ what, says: `${is.length}, with ${added.join(', ')}` });
  };
  newly('shells', old.tools.shells, fresh.tools.shells);
  newly('package managers', old.tools.packageManagers, fresh.tools.packageManagers);
  newly('compilers', old.tools.compilers, fresh.tools.compilers);
  newly('setuid and setgid files', old.setuid, fresh.setuid);
  if ((after.findings ?? 0) > (before.findings ?? Infinity))
    found.push({ what: 'findings in the Dockerfile', says: `${after.findings}, where there were ${before.findings}` });
  return found;
}

const isRoot = (user: string): boolean => ['', '0', 'root'].includes(user.split(':')[0] ?? '');

const times = ({ before, after }: Pair, tolerance: number): readonly Regression[] => [
  ...grown('built in', before.builtMs, after.builtMs, tolerance, NOISE_MS, formatMs),
  ...grown('ready after', readyMsOf(before), readyMsOf(after), tolerance, NOISE_MS, formatMs),
];

function grown(
  what: string,
  before: number | undefined,
  after: number | undefined,
  tolerance: number,
  noise: number,
  format: (value: number) => string,
): readonly Regression[] {
  if (before === undefined || after === undefined || after - before < noise || after <= before * (1 + tolerance)) return [];
  const share = before === 0 ? '' : `, ${Math.round((100 * (after - before)) / before)} % more than ${format(before)}`;
  return [{ what, says: `${format(after)}${share} (${Math.round(tolerance * 100)} % is tolerated)` }];
}

function checks({ before, after }: Pair): readonly Regression[] {
  const old = new Map(before.gates?.map((gate) => [gate.id, gate]));
  return (after.gates ?? []).flatMap((gate) => {
    const was = old.get(gate.id);
    return was && isWorse(was, gate) ? [{ what: gateRow(gate.id), says: saysOf(was, gate) }] : [];
  });
}

/** From passed to anything measured worse, and from what nobody could measure to failed. Skipped: it does not apply to the other any more. */
const RANK = { passed: 0, skipped: 0, unproven: 1, failed: 2 } as const;

const isWorse = (was: GateResult, is: GateResult): boolean => RANK[is.outcome.outcome] > RANK[was.outcome.outcome];

function saysOf(was: GateResult, { outcome }: GateResult): string {
  return `${outcome.outcome}, where it was ${was.outcome.outcome}${outcome.why === undefined ? '' : `: ${outcome.why}`}`;
}

/** Those that the other does not have; that a package has another version is no matter. */
function vulnerabilities({ before, after }: Pair): readonly Regression[] {
  if (!before.vulnerabilities || !after.vulnerabilities) return [];
  const found: Regression[] = [];
  const old = idsOf(before.vulnerabilities.known);
  const fresh = [...idsOf(after.vulnerabilities.known)].filter((id) => !old.has(id));
  if (fresh.length > 0) found.push({ what: 'known vulnerabilities', says: `${fresh.length} more: ${fresh.join(', ')}` });
  const [was, is] = [before.vulnerabilities.unknownPackages, after.vulnerabilities.unknownPackages];
  if (is > was) found.push({ what: 'packages nobody answered for', says: `${is}, where there were ${was}` });
  return found;
}
