import {
  cleanPath,
  declaration,
  expand,
  parseImageReference,
  parseMount,
  stageName,
  wordsOf,
  type Dockerfile,
  type Evaluation,
  type Instruction,
} from '../../dockerfile/index.ts';
import { scriptOf, type Script } from '../script/index.ts';
import type { Base, Stage, StageMount, StageStep } from './types.ts';

/** What a fragment is built on: nobody knows. */
const UNKNOWN_BASE = '$BASE';

/**
 * The stages of a Dockerfile, also of one that BuildKit refuses further down. What ONBUILD holds is not theirs. A file
 * without FROM is part of one stage, which may or may not end up in an image.
 */
export function readStages(file: Dockerfile, evaluation: Evaluation): readonly Stage[] {
  const drafts: Draft[] = [];
  const fragment = file.instructions.some(({ name }) => name === 'FROM') ? undefined : evaluation.stages[0];
  if (fragment !== undefined) drafts.push(new Draft([], fragment.from, UNKNOWN_BASE));
  for (const instruction of file.instructions) {
    if (instruction.name === 'FROM') drafts.push(new Draft(drafts.slice(), instruction, baseName(drafts.length, instruction, evaluation)));
    else drafts.at(-1)?.add(instruction, file.escape);
  }
  const last = drafts.at(-1);
  if (fragment !== undefined && last !== undefined) last.isNeeded = true;
  else if (last !== undefined) {
    last.isLast = true;
    for (const stage of last.lineage()) stage.isInImage = true;
    markNeeded(last);
  }
  return drafts;
}

function baseName(index: number, from: Instruction, { stages }: Evaluation): string {
  const start = stages[index];
  return start?.from === from ? start.base.expansion.value : (wordsOf(from.args)[0] ?? '');
}

function markNeeded(stage: Draft): void {
  const open = [stage];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.isNeeded) continue;
    next.isNeeded = true;
    if (next.parent !== undefined) open.push(next.parent);
    open.push(...next.sources.filter((source) => source instanceof Draft));
  }
}

class Draft implements Stage {
  readonly index: number;
  readonly name: string | undefined;
  readonly base: Base;
  readonly parent: Draft | undefined;
  readonly steps: StageStep[] = [];
  readonly sources: (Draft | string)[] = [];
  isLast = false;
  isInImage = false;
  isNeeded = false;
  private shell: readonly string[] | undefined;
  private user: string | undefined;
  private workdir: string | undefined;
  /** ENV and ARG with their values, as far as they are known. Steps keep theirs: made anew when something is set. */
  private variables: ReadonlyMap<string, string>;

  constructor(
    private readonly before: readonly Draft[],
    readonly from: Instruction,
    reference: string,
  ) {
    this.index = before.length;
    this.name = stageName(from);
    this.parent = this.named(reference);
    this.base = this.parent?.base ?? baseOf(reference);
    this.shell = this.parent?.shell;
    this.user = this.parent?.user;
    this.workdir = this.parent === undefined ? (reference === 'scratch' ? '/' : undefined) : this.parent.workdir;
    this.variables = this.parent?.variables ?? new Map();
  }

  /** The stage, and those it is built on. */
  *lineage(): Iterable<Draft> {
    yield this;
    if (this.parent !== undefined) yield* this.parent.lineage();
  }

  add(instruction: Instruction, escape: '\\' | '`'): void {
    const { name, args } = instruction;
    if (name === 'SHELL' && args.form === 'exec') this.shell = args.words.map(({ text }) => text);
    const expanded = expanding(this.variables, escape);
    if (name === 'USER') this.user = expanded(wordsOf(args)[0] ?? '');
    if (name === 'WORKDIR') this.workdir = folderIn(this.workdir, expanded(wordsOf(args)[0] ?? ''));
    if (name === 'ENV' && args.form === 'pairs') this.set(args.pairs.map((pair) => [pair.name, expanded(pair.value)]));
    if (name === 'ARG') {
      const declared = wordsOf(args).map(declaration);
      this.set(declared.flatMap((arg) => (arg.value === undefined ? [] : [[arg.name, expanded(arg.value)] as const])));
    }
    const step = new Step(instruction, this.shell, this.user, this.workdir, expanding(this.variables, escape));
    this.steps.push(step);
    const named =
      name === 'COPY' ? [instruction.flags.find((flag) => flag.name === 'from')?.value] : step.mounts.map((mount) => mount.from);
    for (const source of named) if (source !== undefined && source !== '') this.sources.push(this.named(source) ?? source);
  }

  private set(values: readonly (readonly [string, string])[]): void {
    this.variables = new Map([...this.variables, ...values]);
  }

  /** A stage above by its name or number. */
  private named(reference: string): Draft | undefined {
    const name = reference.toLowerCase();
    return this.before.findLast((stage) => stage.name === name) ?? (/^\d+$/.test(name) ? this.before[Number(name)] : undefined);
  }
}

/** A variable that nobody sets stays as it is written. */
const expanding =
  (variables: ReadonlyMap<string, string>, escape: '\\' | '`') =>
  (text: string): string =>
    expand(text, (name) => variables.get(name) ?? `$${name}`, { escape }).value;

/** Where WORKDIR leads from a folder; undefined where nobody can tell. */
function folderIn(folder: string | undefined, path: string): string | undefined {
  if (path.includes('$')) return undefined;
  if (path.startsWith('/')) return cleanPath(path);
  return folder === undefined ? undefined : cleanPath(`${folder}/${path}`);
}

class Step implements StageStep {
  readonly mounts: readonly StageMount[];
  private read: Script | undefined;

  constructor(
    readonly instruction: Instruction,
    readonly shell: readonly string[] | undefined,
    readonly user: string | undefined,
    readonly workdir: string | undefined,
    readonly expanded: (text: string) => string,
  ) {
    this.mounts = instruction.name === 'RUN' ? mountsOf(instruction) : [];
  }

  get script(): Script {
    this.read ??= scriptOf(this.instruction, this.shell);
    return this.read;
  }
}

/** Variables in it stay as they are written. */
const mountsOf = ({ flags }: Instruction): readonly StageMount[] =>
  flags
    .filter((flag) => flag.name === 'mount')
    .map((flag) => parseMount(flag.value ?? '', (text) => text))
    .filter((mount) => 'target' in mount);

/** An image by what FROM, COPY --from or a mount says. */
export function baseOf(reference: string): Base {
  const parsed = parseImageReference(reference);
  if (typeof parsed === 'string') return { reference, name: reference, tag: undefined, digest: undefined, isKnown: false };
  const { domain, path, tag, digest } = parsed;
  const name = domain === 'docker.io' ? path.replace(/^library\//, '') : `${domain}/${path}`;
  return { reference, name, tag, digest, isKnown: true };
}
