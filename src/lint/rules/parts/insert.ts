import { replace } from '../../../dockerfile/index.ts';
import type { Argument, Command } from '../../shell/index.ts';
import type { Fix } from '../../types.ts';
import { spanIn, type Run } from './hadolint.ts';

/** Puts a flag behind the argument that is `after`; undefined where that is not plainly written. */
export function insertFlag(command: Command, run: Run, after: (argument: Argument) => boolean, flag: string): Fix | undefined {
  if (run.arguments.isList) return undefined;
  const argument = command.args.find(after);
  const span = argument && spanIn(run, argument);
  if (span === undefined || argument?.text.length !== span.end - span.start) return undefined;
  return { title: `add \`${flag}\``, edits: [replace({ start: span.end, end: span.end }, ` ${flag}`)] };
}
