import { maskedWords } from '../../base/index.ts';
import type { GateResult } from '../../prove/index.ts';
import type { Finding } from '../../scan/index.ts';
import { figure } from '../proof/words.ts';
import { formatBytes, formatMs } from '../units.ts';
import type { CompareRow, Comparison, Side } from './types.ts';

/** The table of before and after, in the words of the documents that ask for one. */
export function compareRows({ before, after }: Pick<Comparison, 'before' | 'after'>): readonly CompareRow[] {
  const words = (what: string, of: (side: Side) => string): CompareRow => {
    const row = { what, before: of(before), after: of(after) };
    return { ...row, change: row.before === row.after ? 'same' : '' };
  };
  // Two secrets may look alike when they are shown.
  const command = (what: string, of: (side: Side) => readonly string[]): CompareRow => ({
    what,
    before: commandOf(of(before)),
    after: commandOf(of(after)),
    change: JSON.stringify(of(before)) === JSON.stringify(of(after)) ? 'same' : '',
  });
  const number = (what: string, of: (side: Side) => number, format: (value: number) => string = String): CompareRow => ({
    what,
    before: format(of(before)),
    after: format(of(after)),
    change: changeOf(of(before), of(after)),
  });
  const kinds = ['debian', 'alpine', 'rpm', 'python', 'npm'].filter((kind) => [before, after].some((side) => packagesOf(side, kind) > 0));
  return [
    number('unpacked', ({ image }) => image.size.uncompressed, formatBytes),
    number('to pull', ({ image }) => image.size.compressed, formatBytes),
    number('hidden by later layers', ({ image }) => image.size.hidden, formatBytes),
    number('layers', ({ image }) => image.layers),
    number('files', ({ image }) => image.files),
    ...kinds.map((kind) => number(`packages (${kind})`, (side) => packagesOf(side, kind))),
    words('user', ({ image }) => (image.user === '' ? 'root' : image.user)),
    command('entrypoint', ({ image }) => image.entrypoint),
    command('command', ({ image }) => image.command),
    command('health check', ({ image }) => image.healthCheck),
    words('shells', ({ image }) => listOf(image.tools.shells)),
    words('package managers', ({ image }) => listOf(image.tools.packageManagers)),
    words('compilers', ({ image }) => listOf(image.tools.compilers)),
    number('setuid and setgid files', ({ image }) => image.setuid.length),
    ...(before.findings === undefined || after.findings === undefined
      ? []
      : [number('findings in the Dockerfile', ({ findings }) => findings ?? 0)]),
    ...(before.vulnerabilities === undefined || after.vulnerabilities === undefined
      ? []
      : [
          number('known vulnerabilities', ({ vulnerabilities }) => idsOf(vulnerabilities?.known ?? []).size),
          number('packages nobody answered for', ({ vulnerabilities }) => vulnerabilities?.unknownPackages ?? 0),
        ]),
    ...both('built in', before.builtMs, after.builtMs),
    ...both('ready after', readyMsOf(before), readyMsOf(after)),
    ...(before.gates === undefined || after.gates === undefined ? [] : gateRows(before.gates, after.gates)),
  ];
}

/** One vulnerability counts once, in however many packages it is. */
export const idsOf = (known: readonly Finding[]): ReadonlySet<string> => new Set(known.map(({ advisory }) => advisory.id));

/** A row of times where both are known. */
const both = (what: string, before: number | undefined, after: number | undefined): readonly CompareRow[] =>
  before === undefined || after === undefined
    ? []
    : [{ what, before: formatMs(before), after: formatMs(after), change: changeOf(before, after) }];

/** Where it became ready in time; else what was measured is how long was waited. */
export function readyMsOf({ gates }: Side): number | undefined {
  const outcome = gates?.find(({ id }) => id === 'ready-in-time')?.outcome;
  return outcome?.outcome === 'passed' ? outcome.measured?.value : undefined;
}

const packagesOf = ({ image }: Side, kind: string): number =>
  [...image.packages.keys()].filter((name) => name.startsWith(`${kind} `)).length;

const commandOf = (words: readonly string[]): string => (words.length === 0 ? 'none' : maskedWords(words).join(' '));

/** By name: where they lie says little, and `/bin` is often a link. */
function listOf(paths: readonly string[]): string {
  const names = [...new Set(paths.map((path) => path.slice(path.lastIndexOf('/') + 1)))].toSorted();
  return names.length === 0 ? 'none' : names.join(', ');
}

function changeOf(before: number, after: number): string {
  if (before === after) return 'same';
  if (before === 0) return '';
  const share = Math.round((100 * (after - before)) / before);
  return share === 0 ? '' : `${share > 0 ? '+' : '−'}${Math.abs(share)} %`;
}

function gateRows(before: readonly GateResult[], after: readonly GateResult[]): CompareRow[] {
  return before.flatMap((old) => {
    const fresh = after.find(({ id }) => id === old.id);
    if (fresh === undefined) return [];
    const [a, b] = [said(old), said(fresh)];
    return [{ what: gateRow(old.id), before: a, after: b, change: a === b ? 'same' : '' }];
  });
}

/** The row of a check. */
export const gateRow = (id: string): string => `check ${id}`;

const said = (gate: GateResult): string => [gate.outcome.outcome, figure(gate).replace(/ \(limit .*/, '')].filter(Boolean).join(', ');
