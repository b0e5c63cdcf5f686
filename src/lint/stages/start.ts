import type { Span, Word } from '../../dockerfile/index.ts';
import { basename, wordsScript, type Call, type Script, type ShellWord } from '../script/index.ts';
import { startCommand } from './config.ts';
import type { Stage, StageStep } from './types.ts';

/** How an image starts: ENTRYPOINT and CMD taken together, as the container gets them. */
export interface Start {
  /** ENTRYPOINT, or CMD where there is none. */
  readonly step: StageStep;
  /** What holds the program: CMD where ENTRYPOINT only passes it on. */
  readonly at: StageStep;
  /** The words in front of the program that only pass it on: `tini`, `--`, `/entrypoint.sh`. */
  readonly before: readonly Word[];
  /** A shell reads the program's words: the shell form, or `sh -c`. Its name; undefined: that of the base. */
  readonly shell: { readonly name: string | undefined } | undefined;
  /** The program itself, or what the shell calls. */
  readonly script: Script;
}

/** Inits that start another program as their child, and their options that take a value (their manuals). */
const INITS: Readonly<Record<string, string>> = { tini: 'pe', 'tini-static': 'pe', 'docker-init': 'pe', 'dumb-init': 'r', catatonit: 'P' };
/** What becomes the program it is given, after this many words of its own (gosu, su-exec). */
const BECOMES: Readonly<Record<string, number>> = { gosu: 1, 'su-exec': 1, exec: 0, nohup: 0, env: 0, nice: 0, stdbuf: 0, chpst: 0 };
/** `bundle exec`, `uv run`, and what traces a program. */
const RUNNERS =
  /^(?:bundle exec|(?:uv|poetry|pipenv|pdm|hatch|rye) run|newrelic-admin run-program|(?:ddtrace-run|opentelemetry-instrument|dotenv|npx|bunx|aws-vault exec))(?= |$)/;

/** Undefined where the file says nothing of it: the base decides. */
export function readStart(stage: Stage): Start | undefined {
  const found = startCommand(stage);
  if (found === undefined) return undefined;
  const { step, cmd } = found;
  const own = execWords(step);
  // ENTRYPOINT in shell form is given nothing (Dockerfile reference, "Shell form ENTRYPOINT example").
  if (own === undefined) return { step, at: step, before: [], shell: { name: step.shell?.[0] }, script: step.script };
  const given = cmd === undefined ? [] : execWords(cmd);
  const passed = passedWords(own);
  if (cmd !== undefined && given === undefined) {
    // The program is given `/bin/sh -c …`.
    if (passed === own.length) return { step, at: cmd, before: own, shell: { name: cmd.shell?.[0] }, script: cmd.script };
    return {
      step,
      at: step,
      before: own.slice(0, passed),
      shell: undefined,
      script: wordsScript(own.slice(passed), spanOf(own.slice(passed))),
    };
  }
  const all = [...own, ...(given ?? [])];
  const count = passedWords(all);
  const words = all.slice(count);
  const [first] = words;
  if (first === undefined) return { step, at: step, before: all, shell: undefined, script: wordsScript([], spanOf(all)) };
  const script = wordsScript(words, spanOf(words));
  const inShell = script.calls.some(({ inner }) => inner);
  return {
    step,
    at: cmd !== undefined && own.length <= count ? cmd : step,
    before: all.slice(0, count),
    shell: inShell ? { name: first.text } : undefined,
    script: inShell ? { ...script, calls: script.calls.slice(1) } : script,
  };
}

const execWords = ({ instruction: { args } }: StageStep): readonly Word[] | undefined => (args.form === 'exec' ? args.words : undefined);

const spanOf = (words: readonly Word[]): Span => ({ start: words[0]?.span.start ?? 0, end: words.at(-1)?.span.end ?? 0 });

/** A script of the project, which is trusted to pass on what it is given. */
export const isScript = (path: string): boolean => /\.sh$|entrypoint/i.test(basename(path));

/** How many words at the front only pass on what follows. */
function passedWords(words: readonly Word[]): number {
  let at = 0;
  for (;;) {
    const name = basename(words[at]?.text ?? '');
    const valued = INITS[name];
    const own = BECOMES[name];
    if (valued !== undefined) at = afterFlags(words, at + 1, valued);
    else if (own !== undefined) at = afterFlags(words, at + 1, 'u') + own;
    else if (name !== '' && isScript(name) && !/^\w*sh$/.test(name)) at += 1;
    else if (at > 0 && /^[A-Za-z_]\w*=/.test(words[at]?.text ?? '')) at += 1;
    else return Math.min(at, words.length);
  }
}

function afterFlags(words: readonly Word[], from: number, valued: string): number {
  let at = from;
  for (; words[at]?.text.startsWith('-') === true; at += 1) {
    const { text } = words[at] as Word;
    if (text === '--') return at + 1;
    if (text.length === 2 && valued.includes(text.slice(1))) at += 1;
  }
  return at;
}

/** A call without `bundle exec`, `uv run`, `python -m` and their like before it. */
export function unwrapped(call: Call): Call {
  let words: readonly ShellWord[] = [call.word, ...call.args];
  for (;;) {
    const rest = withoutRunner(words);
    if (rest.length === words.length) break;
    words = rest;
  }
  const [word = call.word, ...args] = words;
  return words.length === call.args.length + 1 ? call : { ...call, program: basename(word.text), word, args };
}

function withoutRunner(words: readonly ShellWord[]): readonly ShellWord[] {
  const [first, second] = words;
  if (first === undefined || second === undefined) return words;
  const name = basename(first.text);
  if (/^python[\d.]*$/.test(name)) {
    const flag = words.findIndex(({ text }, i) => i > 0 && !/^-[uOBEsISWX]+$/.test(text));
    return words[flag]?.text === '-m' && words[flag + 1] !== undefined ? words.slice(flag + 1) : words;
  }
  const runner = RUNNERS.exec(`${name} ${second.text}`)?.[0];
  if (runner === undefined) return words;
  const rest = words.slice(runner.split(' ').length);
  const program = rest.findIndex(({ text }) => !text.startsWith('-'));
  return program === -1 ? words : rest.slice(program);
}
