import { replace, wordsOf, type Instruction } from '../../../dockerfile/index.ts';
import type { ReadInstruction } from '../../reading/index.ts';
import { hasArg, type Command } from '../../shell/index.ts';
import type { Fix, Subject } from '../../types.ts';
import { pipefailShell } from './base-images.ts';
import type { Run } from './hadolint.ts';
import { inStage } from './in-stage.ts';
import { insertLines } from './layout.ts';

/** Lets pipes fail from the stage's first RUN with a pipe on: by a SHELL before it, or by an option of the SHELL that is there. */
export function failingPipes(subject: Subject, at: ReadInstruction<Run>): Fix | undefined {
  const stage = inStage(subject, at.instruction)?.stage;
  const own = new Set(stage?.steps.map(({ instruction }) => instruction));
  const read = subject.reading.instructions.filter(({ instruction }) => instruction !== undefined && own.has(instruction));
  const shell = read.findLast(({ name, line }) => name === 'SHELL' && line < at.line);
  const pipes = read.filter((each): each is ReadInstruction<Run> => isPipe(each) && each.line > (shell?.line ?? 0));
  const first = pipes[0]?.instruction;
  if (stage === undefined || first === undefined || pipes.some(breaks)) return undefined;
  if (shell !== undefined) return shell.instruction && withOption(shell.instruction);
  const program = pipefailShell(stage.base);
  if (program === undefined) return undefined;
  const line = `SHELL ["${program}", "-o", "pipefail", "-c"]`;
  return { title: `say \`${line}\` before`, edits: [insertLines(subject.file, first, line)] };
}

const isPipe = (at: ReadInstruction): boolean => at.name === 'RUN' && at.arguments.script.hasPipe;

/** Whether a pipe of a list, which no SHELL changes, or one that ends before all is read: its first command fails rightly. */
const breaks = ({ arguments: { isList, script } }: ReadInstruction<Run>): boolean => isList || script.commands.some(stopsEarly);

const stopsEarly = (command: Command): boolean =>
  command.name === 'yes' ||
  command.name === 'head' ||
  (/^[ef]?grep$/.test(command.name) && command.args.some(({ text }) => /^-[a-zA-Z]*[qm]/.test(text) || text === '--quiet')) ||
  (command.name === 'sed' && hasArg(command, 'q', '1q'));

/** `-o pipefail` before the `-c` of bash; other shells have another name for it, or none. */
function withOption({ args }: Instruction): Fix | undefined {
  const words = args.form === 'exec' ? args.words : [];
  const last = words.at(-1);
  if (last?.text !== '-c' || !/^(?:\/bin\/|\/usr\/bin\/)?(?:ba|a|z)sh$/.test(wordsOf(args)[0] ?? '')) return undefined;
  return { title: 'add `-o pipefail`', edits: [replace({ start: last.span.start, end: last.span.start }, '"-o", "pipefail", ')] };
}
