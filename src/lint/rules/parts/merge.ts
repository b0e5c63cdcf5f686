import { replace, type Dockerfile, type Instruction, type Span } from '../../../dockerfile/index.ts';
import type { ReadInstruction } from '../../reading/index.ts';
import type { Fix } from '../../types.ts';
import { isSelfContained } from './chain.ts';
import { spanIn, type Run } from './hadolint.ts';
import { canGoOn, lineEnd, plainScript } from './layout.ts';

type ReadRun = ReadInstruction<Run>;

/** Puts a RUN of one command at the end of the RUN before it. */
export function mergeRuns(file: Dockerfile, before: ReadRun, at: ReadRun): Fix | undefined {
  const [first, second] = [soleCommand(before), soleCommand(at)];
  if (first === undefined || second === undefined || keepsFiles(at.instruction)) return undefined;
  const between = file.nodes.filter(({ span }) => span.start > first.end && span.end < second.start);
  if (between.some((node) => node.kind !== 'comment' || /^(?:check|hadolint|plimsoll)\b/.test(node.text))) return undefined;
  const comments = between.map(({ span }) => `${file.text.slice(span.start, span.end)}${lineEnd(file)}`).join('');
  const text = ` ${file.escape}${lineEnd(file)}${comments}    && `;
  return { title: 'put it on the RUN before', edits: [replace({ start: first.end, end: second.start }, text)] };
}

/** Where the one command of a RUN stands, if another may stand beside it. */
function soleCommand(at: ReadRun): Span | undefined {
  const script = plainScript(at, at);
  const { commands } = at.arguments.script;
  if (script === undefined || commands.length !== 1 || !canGoOn(script) || !isSelfContained(script)) return undefined;
  return spanIn(at, { start: 0, end: script.length });
}

/** Whether what one RUN writes to a mount would now be seen by the next. */
const keepsFiles = (instruction: Instruction | undefined): boolean =>
  instruction?.flags.some(
    ({ name, value = '' }) => name === 'mount' && /\btmpfs\b|\brw\b|\breadwrite\b|\b(?:ro|readonly)=false/.test(value),
  ) ?? true;
