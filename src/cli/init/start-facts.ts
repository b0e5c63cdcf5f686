import type { KeyValue } from '../../config/index.ts';
import { startCommand, type StageStep } from '../../lint/index.ts';
import { factAt, leftOut, type FactReader } from './fact.ts';

const INITS = ['tini', 'dumb-init'];

/** ENTRYPOINT and CMD taken together: who is process 1, and what it starts. */
export const startFacts: FactReader = (stage, { contract }) => {
  const found = startCommand(stage);
  if (found === undefined) return [];
  const words = [found.step, ...(found.cmd === undefined ? [] : [found.cmd])].map(plainWords);
  const shown = [found.step, ...(found.cmd === undefined ? [] : [found.cmd])]
    .map(({ instruction }) => instruction.line.replace(/^\S+\s+/, ''))
    .join(' ');
  if (words.includes(undefined))
    return [leftOut(found.step, 'start command', shown, 'it needs a shell; `command:` in plimsoll.yaml takes a list of words')];
  const all = words.flatMap((each) => each ?? []);
  const init = INITS.find((name) => all[0]?.endsWith(name));
  const pid1: readonly KeyValue[] = init === undefined || contract.entrypoint[0]?.endsWith(init) ? [] : [[['pid1'], init]];
  const command = init === undefined ? all : afterInit(all);
  if (command.length === 0) return [factAt(found.step, 'start command', shown, ...pid1)];
  if (/\.sh$|entrypoint/.test(command[0] ?? ''))
    return [leftOut(found.step, 'start command', shown, 'it is a script of the image; look at what it does, and say it in `command:`')];
  const own = command[0] === 'python' ? ['python3', ...command.slice(1)] : command;
  const isSame = JSON.stringify(own) === JSON.stringify(contract.command);
  return [factAt(found.cmd ?? found.step, 'start command', shown, ...pid1, ...(isSame ? [] : [[['command'], own] as const]))];
};

/** What follows the init and its options. */
function afterInit(words: readonly string[]): readonly string[] {
  const dashes = words.indexOf('--');
  if (dashes !== -1) return words.slice(dashes + 1);
  const first = words.findIndex((word, i) => i > 0 && !word.startsWith('-'));
  return first === -1 ? [] : words.slice(first);
}

/** The words of the exec form, or of a shell form that a shell would only split. Undefined where it would do more. */
function plainWords({ instruction, script, expanded }: StageStep): readonly string[] | undefined {
  const { args } = instruction;
  if (args.form === 'exec') return args.words.map(({ text }) => text);
  const [call, ...more] = script.calls;
  if (call === undefined || more.length > 0 || call.assignments.length > 0 || call.redirections.length > 0) return undefined;
  const words = [call.word, ...call.args].map(({ text }) => expanded(text));
  return words.some((word) => /[$`*?]/.test(word)) ? undefined : words;
}
