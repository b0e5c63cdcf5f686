import { replace, type Instruction, type Span } from '../../../dockerfile/index.ts';
import type { ReadInstruction } from '../../reading/index.ts';
import { allSteps } from '../../stages/index.ts';
import type { Fix, Subject } from '../../types.ts';
import { isSelfContained } from './chain.ts';
import { spanIn, type Run } from './hadolint.ts';
import { inStage } from './in-stage.ts';
import { canGoOn, lineEnd, plainScript } from './layout.ts';

type ReadRun = ReadInstruction<Run>;

/** Puts a RUN of one command at the end of the RUN before it. */
export function mergeRuns(subject: Subject, before: ReadRun, at: ReadRun): Fix | undefined {
  const { file } = subject;
  const { stage, step } = inStage(subject, at.instruction) ?? {};
  const [first, second] = [soleCommand(before), soleCommand(at)];
  if (first === undefined || second === undefined || keepsFiles(at.instruction) || /powershell|pwsh/i.test(step?.shell?.[0] ?? ''))
    return undefined;
  // Without a RUN in shell form nobody knows that the image has a shell.
  if (stage === undefined || !allSteps(stage).some(({ instruction: { name, args } }) => name === 'RUN' && args.form === 'text'))
    return undefined;
  const between = file.nodes.filter(({ span }) => span.start > first.span.end && span.end < second.span.start);
  if (between.some((node) => node.kind !== 'comment' || /^(?:check|hadolint|plimsoll)\b/.test(node.text))) return undefined;
  const comments = [...(first.comment === '' ? [] : [first.comment]), ...between.map(({ span }) => file.text.slice(span.start, span.end))];
  const joint = [` ${file.escape}`, ...comments, '    && '].join(lineEnd(file));
  const end = second.words === undefined ? second.span.start : second.span.end;
  const edits = [replace({ start: first.span.end, end }, `${joint}${second.words ?? ''}`)];
  if (first.words !== undefined) edits.push(replace(first.span, first.words));
  return { title: 'put it on the RUN before', edits };
}

/** The one command of a RUN, if another may stand beside it. */
interface SoleCommand {
  readonly span: Span;
  /** Of a list: what a shell has to be told for the same. */
  readonly words?: string;
  /** A comment of the shell behind it, which becomes one of the Dockerfile. */
  readonly comment: string;
}

function soleCommand(at: ReadRun): SoleCommand | undefined {
  const { args } = at.instruction ?? {};
  if (args?.form === 'exec') return { span: args.span, words: args.words.map(({ text }) => quoted(text)).join(' '), comment: '' };
  const script = plainScript(at, at);
  const [command, ...others] = at.arguments.script.commands;
  if (script === undefined || command === undefined || others.length > 0) return undefined;
  const comment = /^\s+(#.*)$/.exec(script.slice(command.end))?.[1] ?? '';
  const text = script.slice(0, script.length - comment.length).trimEnd();
  if (!canGoOn(text) || !isSelfContained(text)) return undefined;
  const span = spanIn(at, { start: 0, end: text.length });
  return span && { span, comment };
}

/** A word that a shell leaves as it is. */
const quoted = (word: string): string => (/^[\w./:@%+,=-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`);

/** Whether what one RUN writes to a mount would now be seen by the next. */
export const keepsFiles = (instruction: Instruction | undefined): boolean =>
  instruction?.flags.some(
    ({ name, value = '' }) => name === 'mount' && /\btmpfs\b|\brw\b|\breadwrite\b|\b(?:ro|readonly)=false/.test(value),
  ) ?? true;
