import { placeOf, type Content, type ReadInstruction, type Reading } from '../../reading/index.ts';
import type { Command } from '../../shell/index.ts';
import type { Span } from '../../../dockerfile/index.ts';
import type { Fix, Report } from '../../types.ts';
import { argumentSpan } from './spans.ts';

/** An instruction, or the one that an ONBUILD holds. `at` is where it stands. */
export interface Item {
  readonly content: Content;
  readonly at: ReadInstruction;
}

export type Run = Extract<Content, { name: 'RUN' }>;

/** The instructions as they stand. */
export const plain = (reading: Reading): readonly Item[] => reading.instructions.map((at) => ({ content: at, at }));

/** What ONBUILD holds. To hadolint that is a file of its own, so what it remembers is kept apart. */
export const triggers = (reading: Reading): readonly Item[] =>
  reading.instructions.flatMap((at) => (at.name === 'ONBUILD' ? [{ content: at.trigger, at }] : []));

/** Both, one after the other. */
export const passes = (reading: Reading): readonly (readonly Item[])[] => [plain(reading), triggers(reading)];

/** A finding at an instruction. Without a place it lies at what the instruction is given. */
export function reportAt(at: ReadInstruction, message: string, span?: Span, fix?: Fix): Report {
  const { instruction, line } = at;
  return {
    span: span ?? (instruction === undefined ? at.span : argumentSpan(instruction)),
    message,
    instruction,
    lines: { start: line, end: instruction?.endLine ?? line },
    comments: instruction?.comments ?? [],
    fix,
  };
}

/** Where a command or one of its arguments stands in the file. */
export const spanIn = (run: Run, { start, end }: Span): Span | undefined => placeOf(run.arguments.said, start, end);

export interface WrongCommand {
  readonly isWrong: (command: Command, run: Run) => boolean;
  readonly message: string | ((command: Command) => string);
  readonly fix?: (command: Command, run: Run) => Fix | undefined;
}

/** The first wrong command of each RUN; hadolint reports an instruction once. */
export function* wrongCommands(reading: Reading, { isWrong, message, fix }: WrongCommand): Iterable<Report> {
  for (const { content: run, at } of passes(reading).flat()) {
    if (run.name !== 'RUN') continue;
    const wrong = run.arguments.script.commands.filter((candidate) => isWrong(candidate, run));
    const [command] = wrong;
    if (command === undefined) continue;
    const mended = fix && together(wrong.map((each) => fix(each, run)));
    yield reportAt(at, typeof message === 'string' ? message : message(command), spanIn(run, command), mended);
  }
}

/** All of these as one; undefined where one of them is. */
export function together(fixes: readonly (Fix | undefined)[]): Fix | undefined {
  const [first] = fixes;
  const edits = fixes.flatMap((fix) => fix?.edits ?? []);
  return first === undefined || fixes.includes(undefined) ? undefined : { title: first.title, edits };
}

/** A cache or tmpfs mount whose path holds this text. */
export const mountsCache = ({ mounts }: Run, path: string): boolean =>
  mounts.some(({ type, options }) => (type === 'cache' || type === 'tmpfs') && (options['target'] ?? '').includes(path));

/** Without quotes around it. */
export const withoutQuotes = (text: string): string => text.replace(/^["']+/, '').replace(/["']+$/, '');

/** Whether a path begins with a drive. */
export const hasDrive = (path: string): boolean => /^\p{L}:/u.test(path);
