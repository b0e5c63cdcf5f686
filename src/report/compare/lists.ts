import type { FileChange, FolderChange, PackageChange, SettingChange } from '../../image/index.ts';
import type { Finding } from '../../scan/index.ts';
import { formatBytes } from '../units.ts';
import { idsOf } from './rows.ts';
import type { Comparison } from './types.ts';

/** A list under the table: a title that says how many there are, and a line for each. */
export interface CompareList {
  readonly title: string;
  readonly lines: readonly string[];
}

/** What differs beside the figures, as lists. Those that are empty are left out. */
export const listsOf = ({ before, after, packages, settings, folders, files }: Comparison): readonly CompareList[] =>
  [
    { title: `Packages (${packages.length})`, lines: packages.map(packageLine) },
    { title: 'Known vulnerabilities', lines: vulnerabilityLines(before.vulnerabilities?.known ?? [], after.vulnerabilities?.known ?? []) },
    { title: `Settings (${settings.length})`, lines: settings.map(settingLine) },
    { title: 'Folders that changed most', lines: folders.map(folderLine) },
    { title: 'Packages whose files differ', lines: ownerLines(files.changes) },
    { title: `Files (${countsOf(files.changes)})`, lines: largestFirst(files.changes).map(fileLine) },
  ].filter(({ lines }) => lines.length > 0);

function countsOf(changes: readonly FileChange[]): string {
  const count = (kind: FileChange['kind']): number => changes.filter((it) => it.kind === kind).length;
  return `${count('added')} added, ${count('removed')} removed, ${count('changed')} changed`;
}

/** Those that came or went, each with the package. */
function vulnerabilityLines(before: readonly Finding[], after: readonly Finding[]): readonly string[] {
  const line = ({ advisory, result }: Finding): string =>
    `${advisory.id} in ${result.package.ecosystem} ${result.package.name} ${result.package.version}${advisory.fixed === undefined ? '' : `, fixed in ${advisory.fixed}`}`;
  const [old, fresh] = [idsOf(before), idsOf(after)];
  return [
    ...after.filter(({ advisory }) => !old.has(advisory.id)).map((it) => `+ ${line(it)}`),
    ...before.filter(({ advisory }) => !fresh.has(advisory.id)).map((it) => `− ${line(it)}`),
  ];
}

/** By package, the one with most differing files first. */
function ownerLines(changes: readonly FileChange[]): readonly string[] {
  const byOwner = new Map<string, FileChange[]>();
  for (const change of changes) if (change.owner !== undefined) byOwner.set(change.owner, [...(byOwner.get(change.owner) ?? []), change]);
  return [...byOwner].toSorted(([, a], [, b]) => b.length - a.length).map(([owner, its]) => `${owner}: ${countsOf(its)}`);
}

const weightOf = (change: FileChange): number => Math.max('before' in change ? change.before : 0, 'after' in change ? change.after : 0);

const largestFirst = (changes: readonly FileChange[]): readonly FileChange[] => changes.toSorted((a, b) => weightOf(b) - weightOf(a));

function fileLine(change: FileChange): string {
  if (change.kind === 'added') return `+ ${change.path} (${formatBytes(change.after)})`;
  if (change.kind === 'removed') return `− ${change.path} (${formatBytes(change.before)})`;
  const size = change.before === change.after ? '' : `, ${formatBytes(change.before)} → ${formatBytes(change.after)}`;
  return `~ ${change.path} (${change.aspects.join(', ')}${size})`;
}

const folderLine = ({ folder, before, after }: FolderChange): string =>
  `${after > before ? '+' : '−'}${formatBytes(Math.abs(after - before)).padStart(9)}  ${folder}`;

const packageLine = (change: PackageChange): string => changed(change, ' ');
const settingLine = (change: SettingChange): string => changed(change, '=');

const changed = ({ name, before, after }: PackageChange, sign: string): string =>
  before === undefined
    ? `+ ${name}${sign}${after}`
    : after === undefined
      ? `− ${name}${sign}${before}`
      : `~ ${name}${sign}${before} → ${after}`;
