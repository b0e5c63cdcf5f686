import { replace, type Span } from '../../../dockerfile/index.ts';
import type { Argument, Command } from '../../shell/index.ts';
import type { Fix } from '../../types.ts';
import { spanIn, type Run } from './hadolint.ts';

/** Puts a flag behind the argument that is `after`; undefined where that is not plainly written. */
export function insertFlag(command: Command, run: Run, after: (argument: Argument) => boolean, flag: string): Fix | undefined {
  const argument = command.args.find(after);
  const span = argument && plainSpan(run, argument, argument.text);
  return span && { title: `add \`${flag}\``, edits: [replace({ start: span.end, end: span.end }, ` ${flag}`)] };
}

/** Puts a flag right behind the name of a command. */
export function insertFirstFlag(command: Command, run: Run, flag: string): Fix | undefined {
  const span = nameSpan(command, run);
  return span && { title: `add \`${flag}\``, edits: [replace({ start: span.end, end: span.end }, ` ${flag}`)] };
}

/** Calls another program with the same arguments. */
export function renameCommand(command: Command, run: Run, name: string): Fix | undefined {
  const span = nameSpan(command, run);
  return span && { title: `call \`${name}\``, edits: [replace(span, name)] };
}

/** Where a command's name stands; undefined where another command runs it. */
const nameSpan = (command: Command, run: Run): Span | undefined =>
  plainSpan(run, { start: command.start, end: command.start + command.name.length }, command.name);

/** Where a part of the script stands, if it is written there as it reads. */
export function plainSpan(run: Run, part: Span, text: string): Span | undefined {
  const { isList, said } = run.arguments;
  const span = spanIn(run, part);
  if (isList || span === undefined || span.end - span.start !== text.length) return undefined;
  return said.text.slice(part.start, part.end) === text ? span : undefined;
}
