import type { FileChange, FolderChange, PackageChange, SettingChange } from '../../image/index.ts';
import { formatBytes } from '../units.ts';
import type { Comparison } from './types.ts';

/** A list under the table: a title that says how many there are, and a line for each. */
export interface CompareList {
  readonly title: string;
  readonly lines: readonly string[];
}

/** What differs beside the figures, as lists. Those that are empty are left out. */
export const listsOf = ({ packages, settings, folders, files }: Comparison): readonly CompareList[] =>
  [
    { title: `Packages (${packages.length})`, lines: packages.map(packageLine) },
    { title: `Settings (${settings.length})`, lines: settings.map(settingLine) },
    { title: 'Folders that changed most', lines: folders.map(folderLine) },
    { title: 'Packages whose files differ', lines: ownerLines(files.changes) },
    { title: `Files (${countsOf(files.changes)})`, lines: largestFirst(files.changes).map(fileLine) },
  ].filter(({ lines }) => lines.length > 0);

function countsOf(changes: readonly FileChange[]): string {
  const count = (kind: FileChange['kind']): number => changes.filter((it) => it.kind === kind).length;
  return `${count('added')} added, ${count('removed')} removed, ${count('changed')} changed`;
}

/** By package, the one with most differing files first. */
function ownerLines(changes: readonly FileChange[]): readonly string[] {
  const byOwner = new Map<string, FileChange[]>();
  for (const change of changes) if (change.owner !== undefined) byOwner.set(change.owner, [...(byOwner.get(change.owner) ?? []), change]);
  return [...byOwner].toSorted(([, a], [, b]) => b.length - a.length).map(([owner, its]) => `${owner}: ${countsOf(its)}`);
}

const sizeOf = (change: FileChange, side: 'before' | 'after'): number =>
  side in change ? (change as { before: number; after: number })[side] : 0;

const weightOf = (change: FileChange): number => Math.max(sizeOf(change, 'before'), sizeOf(change, 'after'));

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
