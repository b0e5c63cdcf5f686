import { expand, type ExpandOptions } from '../expand.ts';
import { chomped, heredocMark, heredocOnly } from '../heredoc.ts';
import type { Instruction, Span, Word } from '../syntax.ts';
import { isMode } from './chmod.ts';
import { hiddenArgs } from './environment.ts';
import { flagValue, flagValues } from './flags.ts';
import { declaration } from './instruction.ts';
import { sourceKind } from './git-source.ts';
import { isDigest } from './image-reference.ts';
import { parseMount, type Mount } from './mounts.ts';
import { isRefusedPath, joinWorkdir } from './paths.ts';
import { parsePort } from './ports.ts';
import { refusal, type Refusal } from './refusal.ts';
import { isSignal } from '../../base/index.ts';
import type { Command, State } from './state.ts';
import type { ExpandedWord } from './types.ts';

/** What a step found out. */
export interface Outcome {
  readonly expanded: readonly ExpandedWord[];
  readonly words: readonly string[];
  readonly problem: Refusal | undefined;
}

/** Stops a step; the words expanded before it stay. */
class Stopped extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.message);
  }
}

/**
 * Does to a stage's state what an instruction does (dockerfile2llb/convert.go, `dispatch`), with nothing run.
 * `globals` are the ARGs before the first FROM and the predefined ones.
 */
export function runStep(state: State, command: Command, escape: string, globals: ReadonlyMap<string, string>): Outcome {
  const step = new StepRun(state, command, escape, globals);
  try {
    const words = (actions[command.instruction.name] ?? nothing)(step);
    return { expanded: step.expanded, words, problem: undefined };
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    return { expanded: step.expanded, words: step.seen, problem: error.refusal };
  }
}

type Action = (step: StepRun) => readonly string[];

class StepRun {
  readonly expanded: ExpandedWord[] = [];
  readonly mounts: Mount[] = [];
  /** Words that were taken before a problem. */
  seen: readonly string[] = [];
  readonly instruction: Instruction;

  constructor(
    readonly state: State,
    readonly command: Command,
    readonly escape: string,
    readonly globals: ReadonlyMap<string, string>,
  ) {
    this.instruction = command.instruction;
  }

  get os(): string {
    return this.state.platform?.os ?? 'linux';
  }

  refuse(refused: Refusal): never {
    throw new Stopped(refused);
  }

  /** Puts variables into a word and remembers which were not there. */
  expand(text: string, span: Span, options: Omit<ExpandOptions, 'escape'> & { escape?: string } = {}): string {
    return this.expandAll(text, span, options).value;
  }

  expandAll(
    text: string,
    span: Span,
    options: Omit<ExpandOptions, 'escape'> & { escape?: string } = {},
  ): { value: string; words: readonly string[] } {
    const { environment, args } = this.state;
    const expansion = expand(text, (name) => environment.get(name), { escape: this.escape, ...options });
    if (expansion.unmatched.size > 0 || expansion.matched.size > 0) {
      const undefinedNames = [...expansion.unmatched].filter((name) => !args.has(name) && !hiddenArgs.has(name));
      this.expanded.push({
        text,
        expansion,
        undefinedNames,
        known: undefinedNames.length > 0 ? [...environment.keys()] : [],
        span: this.command.trigger ? this.command.place.span : span,
      });
    }
    if (expansion.problem !== undefined) {
      const hint = 'escape the character, or mend the expression as the Dockerfile reference, "Environment replacement", has it';
      this.refuse(refusal(expansion.problem.code, expansion.problem.message, hint));
    }
    return expansion;
  }

  expandFlag(name: string): string {
    const flag = this.instruction.flags.find((f) => f.name === name);
    return flag === undefined ? '' : this.expand(flag.value ?? '', flag.span);
  }
}

const nothing: Action = () => [];

function environment(step: StepRun): readonly string[] {
  const words = pairs(step);
  for (let i = 0; i < words.length; i += 2) {
    const [name = '', value = ''] = [words[i], words[i + 1]];
    step.state.environment.set(name, value);
    step.state.imageEnvironment.set(name, value);
  }
  return words;
}

function pairs(step: StepRun): readonly string[] {
  const { args } = step.instruction;
  if (args.form !== 'pairs') return [];
  return args.pairs.flatMap((pair) => [step.expand(pair.name, pair.nameSpan), step.expand(pair.value, pair.valueSpan)]);
}

function arg(step: StepRun): readonly string[] {
  const { args } = step.instruction;
  if (args.form !== 'words') return [];
  return args.words.map((word) => {
    const { name, value: written } = declaration(word.text);
    step.seen = [...step.seen, name];
    const value = written === undefined ? step.globals.get(name) : step.expand(written, word.span);
    if (value !== undefined && !hiddenArgs.has(name)) step.state.environment.set(name, value);
    step.state.args.add(name);
    return name;
  });
}

function workdir(step: StepRun): readonly string[] {
  const path = onlyWord(step);
  step.seen = [path];
  if (isRefusedPath(path, step.os)) step.refuse(badPath(path));
  step.state.workdir = joinWorkdir(step.state.workdir, path, step.os);
  step.state.workdirSet = true;
  return [path];
}

const badPath = (path: string): Refusal =>
  refusal('bad-windows-path', `\`${path}\` is not a path on drive C:`, 'write a path below `C:\\`');

function onlyWord(step: StepRun): string {
  const { args } = step.instruction;
  return args.form === 'text' ? step.expand(args.word.text, args.word.span) : '';
}

function stopSignal(step: StepRun): readonly string[] {
  const signal = onlyWord(step);
  if (isSignal(signal)) return [signal];
  return step.refuse(refusal('bad-signal', `\`${signal}\` is no signal`, 'write `SIGTERM`, or its number'));
}

function volume(step: StepRun): readonly string[] {
  const words = argumentWords(step.instruction).map((word) => step.expand(word.text.trim(), word.span));
  if (words.includes('')) step.refuse(refusal('blank-volume', 'VOLUME has an empty path', 'name a folder, or take it out'));
  return words;
}

const argumentWords = ({ args }: Instruction): readonly Word[] =>
  args.form === 'exec' || args.form === 'words' ? args.words : args.form === 'text' ? [args.word] : [];

function expose(step: StepRun): readonly string[] {
  const { environment: variables } = step.state;
  const sorted = argumentWords(step.instruction)
    .map((word) => word.text)
    .toSorted(byBytes);
  const ports = sorted.flatMap((text) => {
    // Variables that are not set are not reported here.
    const expansion = expand(text, (name) => variables.get(name), { escape: step.escape });
    if (expansion.problem !== undefined) {
      step.refuse(refusal(expansion.problem.code, expansion.problem.message, 'escape the character, or mend the expression'));
    }
    return expansion.words;
  });
  const seen: string[] = [];
  for (const port of ports) {
    const { spec, problem } = parsePort(port);
    if (spec !== undefined) seen.push(port);
    if (problem !== undefined) {
      step.seen = seen;
      step.refuse(problem);
    }
  }
  return ports;
}

const byBytes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function shell(step: StepRun): readonly string[] {
  step.state.shellSet = true;
  return [];
}

function run(step: StepRun): readonly string[] {
  for (const value of flagValues(step.instruction.flags, 'mount')) {
    const flag = step.instruction.flags.find((f) => f.name === 'mount' && f.value === value);
    const mount = parseMount(value, (text) => step.expand(text, flag?.span ?? step.command.place.span));
    if ('code' in mount) step.refuse(mount);
    else step.mounts.push(mount);
  }
  step.mounts.forEach((mount, i) => mountSource(step, mount, i));
  return [];
}

function mountSource(step: StepRun, mount: Mount, index: number): void {
  const from = mount.from === '' && mount.type === 'cache' ? 'scratch' : mount.from;
  if (from !== '' && step.command.sources[index]?.dispatched === false) step.refuse(notYetBuilt(from));
  if (mount.type === 'secret') return;
  if (mount.type === 'ssh') {
    if (mount.source !== '') step.refuse(refusal('bad-mount', 'an ssh mount has no `source`', 'take `source` out'));
    return;
  }
  const target = mount.target.startsWith('/')
    ? mount.target
    : joinWorkdir(step.state.workdir === '' ? '/' : step.state.workdir, mount.target, 'linux');
  // Only what leads to the root by itself: `//` is let through.
  if (target === '/') step.refuse(refusal('bad-mount', 'a mount cannot cover the root of the file system', 'give it a `target`'));
}

const notYetBuilt = (stage: string): Refusal =>
  refusal('stage-not-built', `stage \`${stage}\` comes after the one that uses it`, 'move that stage up');

function copy(step: StepRun): readonly string[] {
  const { instruction, command, os } = step;
  const isAdd = instruction.name === 'ADD';
  step.expandFlag('chown');
  const chmod = step.expandFlag('chmod');
  const checksum = isAdd ? step.expandFlag('checksum') : '';
  const words = argumentWords(instruction);
  const isHeredoc = (word: Word): boolean => heredocOnly(word.text);
  const sources = words
    .slice(0, -1)
    .filter((word) => !isHeredoc(word))
    .map((word) => step.expand(word.text, word.span));
  const last = words.at(-1);
  const destination = last === undefined ? '' : step.expand(last.text, last.span);
  for (const word of words.slice(0, -1).filter(isHeredoc)) expandHeredoc(step, word);
  if (!isAdd && command.sources[0]?.dispatched === false) step.refuse(notYetBuilt(flagValue(instruction.flags, 'from') ?? ''));
  if (isRefusedPath(destination, os)) step.refuse(badPath(destination));
  if (chmod !== '' && !isMode(chmod)) step.refuse(refusal('bad-mode', `\`${chmod}\` is no mode`, 'write it as `755` or `u+x`'));
  checkChecksum(step, checksum, sources);
  sources.forEach((source, i) => {
    step.seen = sources.slice(0, i + 1);
    checkSource(step, source, isAdd, checksum);
  });
  return sources;
}

/** The content of a heredoc that is copied; quotes in it are characters like others. */
function expandHeredoc(step: StepRun, word: Word): void {
  const mark = heredocMark(word.text);
  if (mark === undefined || 'problem' in mark || !mark.expand) return;
  const found = step.instruction.heredocs.findLast((heredoc) => heredoc.name === mark.name);
  const content = found?.content ?? '';
  const text = mark.chomp ? chomped(content) : content;
  step.expand(text, found?.contentSpan ?? word.span, { escape: '\\', ignoreQuotes: true });
}

function checkChecksum(step: StepRun, checksum: string, sources: readonly string[]): void {
  if (checksum === '') return;
  const bad = (why: string): never => step.refuse(refusal('bad-checksum', why, 'give `--checksum` to an ADD of one URL or repository'));
  if (sources.length !== 1) bad('`--checksum` goes with one source');
  if (sourceKind(sources[0] ?? '').kind === 'local') bad('`--checksum` is for URLs and repositories');
}

function checkSource(step: StepRun, source: string, isAdd: boolean, checksum: string): void {
  const found = sourceKind(source);
  const refuse = (why: string, hint: string): never => step.refuse(refusal('bad-source', `\`${source}\`: ${why}`, hint));
  if (found.problem !== undefined) refuse(found.problem, 'the Dockerfile reference, "ADD", lists the keys of a repository’s URL');
  if (found.kind === 'local') {
    if (isRefusedPath(source, step.os)) step.refuse(badPath(source));
    return;
  }
  if (!isAdd) refuse('COPY takes files of the build’s context, no URL', 'use ADD with `--checksum`');
  if (found.kind === 'http') {
    if (checksum !== '' && !isDigest(checksum)) refuse(`\`${checksum}\` is no digest`, 'write it as `sha256:` and 64 hexadecimal digits');
    return;
  }
  const keep = step.instruction.flags.find((flag) => flag.name === 'keep-git-dir');
  if (keep !== undefined && found.keepGitDir !== undefined && (keep.value ?? 'true').toLowerCase() !== String(found.keepGitDir)) {
    refuse('`--keep-git-dir` and the URL disagree', 'keep one of the two');
  }
  if (checksum !== '' && found.checksum !== undefined && found.checksum !== checksum) {
    refuse('`--checksum` and the URL disagree', 'keep one of the two');
  }
}

const actions: Readonly<Record<string, Action>> = {
  ADD: copy,
  ARG: arg,
  COPY: copy,
  ENV: environment,
  EXPOSE: expose,
  LABEL: pairs,
  RUN: run,
  SHELL: shell,
  STOPSIGNAL: stopSignal,
  USER: (step) => [onlyWord(step)],
  VOLUME: volume,
  WORKDIR: workdir,
};
