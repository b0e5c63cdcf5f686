import type { Command } from '../../shell/index.ts';
import type { Report } from '../../types.ts';
import type { Reading } from '../../reading/index.ts';
import { passes, reportAt, spanIn } from './hadolint.ts';
import type { Argument } from '../../shell/index.ts';

/** The first package of each RUN that has no version. */
export function* unpinned(
  reading: Reading,
  packages: (command: Command) => readonly Argument[],
  isPinned: (name: string) => boolean,
  advice: string,
): Iterable<Report> {
  for (const { content: run, at } of passes(reading).flat()) {
    if (run.name !== 'RUN') continue;
    const found = run.arguments.script.commands.flatMap(packages).find(({ text }) => !isPinned(text));
    if (found === undefined) continue;
    yield reportAt(at, `${found.text === '' ? 'a package' : `\`${found.text}\``} has no version: ${advice}`, spanIn(run, found));
  }
}

/** The arguments after the first `install`. */
export function afterInstall(args: readonly Argument[]): readonly Argument[] {
  const install = args.findIndex(({ text }) => text === 'install');
  if (install === -1) return [];
  const rest = args.slice(install);
  const first = rest.findIndex(({ text }) => text !== 'install');
  return first === -1 ? [] : rest.slice(first);
}
