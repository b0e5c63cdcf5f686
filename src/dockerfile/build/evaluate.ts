import { expand } from '../expand.ts';
import { parse } from '../parse.ts';
import type { Dockerfile, Instruction, Problem, Span } from '../syntax.ts';
import { checkDirective, noCheckOptions, parseCheckOptions, type CheckOptions } from './check-options.ts';
import { DEFAULT_PATH, predefinedArgs } from './environment.ts';
import { flagValue, flagValues } from './flags.ts';
import { parseInteger } from './go-values.ts';
import { parseImageReference } from './image-reference.ts';
import { declaration, instructionProblem, stageName, wordsOf } from './instruction.ts';
import { parseMount } from './mounts.ts';
import { joinWorkdir } from './paths.ts';
import { parsePlatform, type Platform } from './platform.ts';
import { refusal, type Refusal } from './refusal.ts';
import { runStep } from './run-step.ts';
import { findCycle, reachableFrom, States, type Command, type State } from './state.ts';
import type { Evaluation, FromUse, Phase, StageStart, Step, UsedImage } from './types.ts';

/** The platform that a build is for when none is asked for. */
const LINUX_AMD64: Platform = { os: 'linux', osVersion: '', architecture: 'amd64', variant: '' };

export interface EvaluateOptions {
  /** What the image is for; Linux on amd64 when nothing is said. */
  readonly platform?: Platform;
  /** A file without FROM is taken for the rest of a stage, instead of being refused. */
  readonly fragment?: boolean;
  /** ARGs that FROM uses are taken to be given: a name that only they can make right is no problem. */
  readonly argumentsGiven?: boolean;
}

/** The FROM that a fragment lacks. It has no place in the file. */
const UNKNOWN_BASE = parse('FROM scratch').instructions[0] as Instruction;

/** The image that a build argument will name. */
const SOME_IMAGE = 'given-by-a-build-argument';

/** Ends an evaluation. */
class Stopped extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super('stopped');
  }
}

/**
 * Follows BuildKit v0.29.0 through a Dockerfile, all stages and without a base image's configuration, up to where it
 * would stop (dockerfile2llb/convert.go, `DockerfileLint`). Nothing is run and nothing is fetched.
 */
export function evaluate(file: Dockerfile, options: EvaluateOptions = {}): Evaluation {
  const evaluation = new Evaluator(file, options);
  try {
    evaluation.run();
    return evaluation.result([]);
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    return evaluation.result(error.problems);
  }
}

/** A FROM and what follows it. */
interface StageText {
  readonly from: Instruction;
  readonly body: Instruction[];
}

class Evaluator {
  private phase: Phase = 'options';
  private options: CheckOptions = noCheckOptions;
  private readonly read: Instruction[] = [];
  private invalidDefaultBases: readonly Instruction[] = [];
  private readonly starts: StageStart[] = [];
  private readonly steps: Step[] = [];
  private readonly images: UsedImage[] = [];
  private readonly states = new States();
  private globals = new Map<string, string>();
  /** ARGs before the first FROM, with a value or without. */
  private readonly globalNames = new Set<string>();

  private readonly target: Platform;

  constructor(
    private readonly file: Dockerfile,
    private readonly asked: EvaluateOptions,
  ) {
    this.target = asked.platform ?? LINUX_AMD64;
  }

  result(problems: readonly Problem[]): Evaluation {
    const { phase, options, read, starts, steps, images, invalidDefaultBases } = this;
    return {
      problems,
      phase,
      options,
      read,
      invalidDefaultBases,
      stages: starts,
      steps,
      images,
      targetPlatformText: this.globals.get('TARGETPLATFORM') ?? '',
    };
  }

  run(): void {
    this.readOptions();
    this.phase = 'parse';
    if (this.file.text === '') this.stop(refusal('empty', 'the file is empty', 'begin with `FROM` and the name of a base image'));
    if (this.file.problems.length > 0) throw new Stopped(this.file.problems);
    this.phase = 'instructions';
    const { globals, stages } = this.readInstructions();
    this.phase = 'stages';
    this.readGlobals(globals, stages);
    stages.forEach((stage, i) => this.startStage(stage, i));
    const last = this.states.all.at(-1);
    for (const state of this.states.all.slice()) state.commands = state.commands.map((command) => this.linked(state, command));
    if (findCycle(this.states.all) !== undefined) {
      this.stop(refusal('stage-cycle', 'stages need one another in a circle', 'break the circle: let one of them copy from a third stage'));
    }
    if (last !== undefined) this.resolve(last);
    this.phase = 'steps';
    for (const state of this.states.all) this.build(state);
    this.phase = 'end';
  }

  private stop(refused: Refusal, at?: { readonly span: Span; readonly startLine: number; readonly endLine: number }): never {
    const { span, startLine, endLine } = at ?? { span: { start: 0, end: 0 }, startLine: 0, endLine: 0 };
    throw new Stopped([{ ...refused, span, startLine, endLine }]);
  }

  private readOptions(): void {
    if (this.file.text === '') return;
    const options = parseCheckOptions(checkDirective(this.file));
    if (typeof options !== 'string') this.options = options;
    else this.stop(refusal('bad-check', `\`# check=\` cannot be read: ${options}`, 'write it as `# check=skip=RuleName;error=true`'));
  }

  /** instructions.Parse: each instruction by itself, and that only ARG comes before the first FROM. */
  private readInstructions(): { globals: Instruction[]; stages: StageText[] } {
    const globals: Instruction[] = [];
    const isFragment = this.asked.fragment === true && !this.file.instructions.some(({ name }) => name === 'FROM');
    const stages: StageText[] = isFragment ? [{ from: UNKNOWN_BASE, body: [] }] : [];
    for (const instruction of this.file.instructions) {
      this.read.push(instruction);
      const problem = instructionProblem(instruction);
      if (problem !== undefined) this.stop(problem, instruction);
      if (instruction.name === 'FROM') stages.push({ from: instruction, body: [] });
      else if (stages.length > 0) stages.at(-1)?.body.push(instruction);
      else if (instruction.name === 'ARG') globals.push(instruction);
      else this.stop(refusal('no-stage', `${instruction.name} comes before the first FROM`, 'only ARG may stand there'), instruction);
    }
    if (stages.length === 0) this.stop(refusal('no-stage', 'there is no FROM', 'begin with `FROM` and the name of a base image'));
    return { globals, stages };
  }

  private readGlobals(globals: readonly Instruction[], stages: readonly StageText[]): void {
    const last = stages.at(-1);
    this.globals = predefinedArgs(this.target, last === undefined ? '' : (stageName(last.from) ?? ''));
    for (const instruction of globals) {
      for (const word of wordsOf(instruction.args)) {
        const { name, value } = declaration(word);
        this.globalNames.add(name);
        if (value === undefined) continue;
        const expansion = this.expandGlobal(value);
        if (expansion.problem !== undefined) {
          this.stop(refusal(expansion.problem.code, expansion.problem.message, 'mend the default of this ARG'), instruction);
        }
        this.globals.set(name, expansion.value);
      }
    }
    this.invalidDefaultBases = this.findInvalidBases(stages);
    const epoch = this.globals.get('SOURCE_DATE_EPOCH') ?? '';
    if (epoch !== '' && parseInteger(epoch, 64) === undefined) {
      this.stop(refusal('bad-epoch', `SOURCE_DATE_EPOCH is \`${epoch}\`, which is no number`, 'give the seconds since 1970'));
    }
  }

  /** Up to the first name that cannot be expanded at all. */
  private findInvalidBases(stages: readonly StageText[]): Instruction[] {
    const invalid: Instruction[] = [];
    for (const { from } of stages) {
      const { problem, value } = this.expandGlobal(wordsOf(from.args)[0] ?? '');
      if (problem !== undefined) break;
      if (typeof parseImageReference(value) === 'string') invalid.push(from);
    }
    return invalid;
  }

  private expandGlobal(text: string): ReturnType<typeof expand> {
    return expand(text, (name) => this.globals.get(name), { escape: this.file.escape });
  }

  private fromUse(text: string): FromUse {
    const expansion = this.expandGlobal(text);
    const known = [...this.globals.keys()];
    const undefinedNames = [...expansion.unmatched].filter((name) => !this.globalNames.has(name));
    return { expansion, undefinedNames, known };
  }

  private startStage({ from, body }: StageText, index: number): void {
    const name = stageName(from);
    const written = wordsOf(from.args)[0] ?? '';
    const base = this.fromUse(written);
    const start: StageStart = { from, name, base };
    const asked = flagValue(from.flags, 'platform') ?? '';
    this.starts.push(start);
    const isGiven = this.isGiven(written, base);
    if (base.expansion.problem !== undefined && !isGiven) {
      this.stop(refusal(base.expansion.problem.code, base.expansion.problem.message, 'mend the name of the base image'), from);
    }
    if (base.expansion.value === '' && !isGiven) {
      this.stop(
        refusal('blank-base', `\`${written}\` leaves no name of a base image`, 'give its ARG a default before the first FROM'),
        from,
      );
    }
    const platform = asked === '' ? undefined : this.readPlatform(asked, from, start);
    const state = this.states.add({ index, name: name ?? '', baseName: isGiven ? SOME_IMAGE : base.expansion.value, at: from, platform });
    state.commands = body.map((instruction) => ({ instruction, trigger: false, place: instruction, sources: [] }));
  }

  /** Whether a name is wrong now and may be right with `--build-arg`. */
  private isGiven(written: string, { expansion }: FromUse): boolean {
    if (this.asked.argumentsGiven !== true || !written.includes('$')) return false;
    return (
      expansion.problem?.code === 'unset-variable' ||
      (expansion.problem === undefined && typeof parseImageReference(expansion.value) === 'string')
    );
  }

  private readPlatform(asked: string, from: Instruction, start: StageStart): Platform | undefined {
    const use = this.fromUse(asked);
    const parsed = use.expansion.problem === undefined ? parsePlatform(use.expansion.value, LINUX_AMD64) : undefined;
    this.starts[this.starts.length - 1] = { ...start, platform: { ...use, parsed } };
    if (parsed !== undefined) return parsed;
    if (this.asked.argumentsGiven === true && asked.includes('$')) return undefined;
    const why = use.expansion.problem?.message ?? `\`${use.expansion.value}\` is no platform`;
    return this.stop(refusal('bad-platform', `\`--platform=${asked}\`: ${why}`, 'write it as `linux/arm64`'), from);
  }

  /** Finds what a command takes from other stages (`toCommand`). What it names and nobody builds is an image. */
  private linked(state: State, command: Command): Command {
    const { instruction, place } = command;
    const sources: State[] = [];
    const from = instruction.name === 'COPY' ? (flagValue(instruction.flags, 'from') ?? '') : '';
    if (from !== '') sources.push(this.copySource(from, instruction, command.trigger ? place : undefined));
    if (instruction.name === 'RUN') {
      for (const value of flagValues(instruction.flags, 'mount')) {
        const mount = parseMount(value);
        if (!('code' in mount)) sources.push(this.states.namedOrImage(mount.from === '' ? 'scratch' : mount.from, undefined));
      }
    }
    if (sources.length === 0) return command;
    for (const source of sources) state.uses.add(source);
    return { instruction, trigger: command.trigger, place, sources };
  }

  /** `place`: where a trigger's problems are. BuildKit gives others none. */
  private copySource(from: string, instruction: Instruction, place: Command['place'] | undefined): State {
    const expansion = expand(from, () => undefined, { escape: this.file.escape });
    if (expansion.problem !== undefined || expansion.value !== from) {
      const hint = 'name a stage with `FROM $NAME AS stage` and copy from that';
      this.stop(refusal('copy-from-variable', '`--from` takes no variable', hint), place);
    }
    const index = parseInteger(from, 64);
    if (index === undefined) return this.states.namedOrImage(from, instruction);
    const state = index >= 0n ? this.states.all[Number(index)] : undefined;
    return (
      state ?? this.stop(refusal('no-such-stage', `there is no stage number ${from}`, 'name the stage with AS, and use its name'), place)
    );
  }

  /** Looks at the names of base images, and at what ONBUILD brings to the stages that the last one needs. */
  private resolve(last: State): void {
    const done = new Set<State>();
    for (let more = true; more;) {
      this.checkImages(done);
      more = false;
      for (const state of reachableFrom(last)) if (this.readTriggers(state)) more = true;
    }
  }

  private checkImages(done: Set<State>): void {
    const problems: Problem[] = [];
    for (const state of this.states.all) {
      if (state.base !== undefined || done.has(state)) continue;
      done.add(state);
      if (state.index === -1) state.dispatched = true;
      if (state.baseName === 'scratch') {
        // Whatever --platform says.
        state.platform = this.target;
        continue;
      }
      this.images.push({ name: state.baseName, at: state.at, platform: state.platform ?? this.target });
      const reference = parseImageReference(state.baseName);
      if (typeof reference !== 'string') continue;
      const refused = refusal('bad-image-name', `\`${state.baseName}\` is no name of an image: ${reference}`, 'write it as `name:tag`');
      const { span, startLine, endLine } = state.at ?? { span: { start: 0, end: 0 }, startLine: 0, endLine: 0 };
      problems.push({ ...refused, span, startLine, endLine });
    }
    if (problems.length > 0) throw new Stopped(problems);
  }

  /** Puts the base stage's ONBUILD instructions before the stage's own. True when they bring new needs. */
  private readTriggers(state: State): boolean {
    if (state.base === undefined || state.triggersRead) return false;
    state.triggersRead = true;
    const place = state.at as Instruction;
    const commands = state.base.commands
      .filter(({ instruction }) => instruction.name === 'ONBUILD')
      .map(({ instruction }) =>
        this.linked(state, { instruction: this.readTrigger(instruction, place), trigger: true, place, sources: [] }),
      );
    state.commands = [...commands, ...state.commands];
    return commands.some((command) => command.sources.length > 0);
  }

  /** BuildKit reads the text of a trigger as a file of its own. */
  private readTrigger(onbuild: Instruction, place: Instruction): Instruction {
    const text = onbuild.line.replace(/^[\t\n\f\r ]*onbuild[\t\n\f\r ]*/i, '');
    const { instructions, problems } = parse([text, ...onbuild.heredocs.map(({ content, name }) => content + name)].join('\n'));
    const [instruction] = instructions;
    const problem = problems[0] ?? (instruction === undefined ? undefined : instructionProblem(instruction));
    if (problem !== undefined) this.stop(problem, place);
    if (instruction !== undefined && instructions.length === 1) return instruction;
    return this.stop(refusal('bad-trigger', 'what ONBUILD holds is not one instruction', 'put each into an ONBUILD of its own'), place);
  }

  /** Runs a stage's instructions. */
  private build(state: State): void {
    const { base } = state;
    if (base !== undefined) {
      state.platform = base.platform;
      state.environment = new Map([...base.environment, ...base.imageEnvironment]);
      state.imageEnvironment = new Map(base.imageEnvironment);
      state.args = new Set(base.args);
      state.workdir = base.workdir;
      state.workdirSet = base.workdirSet;
      state.shellSet = base.shellSet;
    }
    state.dispatched = true;
    state.platform ??= this.target;
    if (!state.imageEnvironment.has('PATH') && state.platform.os !== 'windows') {
      state.imageEnvironment.set('PATH', DEFAULT_PATH);
      state.environment.set('PATH', DEFAULT_PATH);
    }
    if (state.workdir !== '') state.workdir = joinWorkdir('/', state.workdir, state.platform.os);
    for (const command of state.commands) this.step(state, command);
  }

  private step(state: State, command: Command): void {
    const { shellSet, workdirSet } = state;
    const outcome = runStep(state, command, this.file.escape, this.globals);
    const problem = outcome.problem ?? this.labsProblem(command.instruction);
    const { span, startLine, endLine } = command.place;
    this.steps.push({
      instruction: command.instruction,
      stage: state.index,
      trigger: command.trigger,
      span,
      startLine,
      endLine,
      expanded: outcome.expanded,
      words: outcome.words,
      shellSet,
      workdirSet,
      fromContext: command.sources.length === 0,
      stopped: problem !== undefined,
      os: state.platform?.os ?? 'linux',
    });
    if (problem !== undefined) this.stop(problem, command.place);
  }

  /** What only the labs channel of the frontend takes (dockerfile2llb/convert_norundevice.go). */
  private labsProblem({ name, flags }: Instruction): Refusal | undefined {
    if (name !== 'RUN' || flagValues(flags, 'device').length === 0) return undefined;
    if (this.file.directives.some((directive) => directive.name === 'syntax' && directive.value.includes('labs'))) return undefined;
    return refusal('labs-only', '`--device` is in the labs channel only', 'begin the file with `# syntax=docker/dockerfile:1-labs`');
  }
}
