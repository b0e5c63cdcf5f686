import type { Instruction, Span } from '../syntax.ts';
import type { Platform } from './platform.ts';

/** A stage in the making, or an image that COPY or a mount names. */
export interface State {
  /** From 0; -1 for an image. */
  readonly index: number;
  readonly name: string;
  baseName: string;
  /** The instruction that names it: FROM, or COPY; undefined for a mount, which has no place. */
  readonly at: Instruction | undefined;
  readonly base: State | undefined;
  platform: Platform | undefined;
  commands: Command[];
  readonly uses: Set<State>;
  dispatched: boolean;
  triggersRead: boolean;
  /** Variables of the steps: ENV and ARG. */
  environment: Map<string, string>;
  /** Variables of the image: ENV alone. */
  imageEnvironment: Map<string, string>;
  /** Names that an ARG declares. */
  args: Set<string>;
  workdir: string;
  workdirSet: boolean;
  shellSet: boolean;
}

/** An instruction of a stage and what it takes from others. */
export interface Command {
  readonly instruction: Instruction;
  readonly trigger: boolean;
  /** Where BuildKit says it is. */
  readonly place: { readonly span: Span; readonly startLine: number; readonly endLine: number };
  /** COPY: the stage or image of `--from`. RUN: one for each mount. */
  readonly sources: readonly State[];
}

/** All stages in order, and behind them the images that are named. */
export class States {
  readonly all: State[] = [];
  private readonly byName = new Map<string, State>();

  /** Adds a stage; its base is the stage of that name that came before. */
  add(start: Pick<State, 'index' | 'name' | 'baseName' | 'at' | 'platform'>): State {
    // Field by field: a spread with more after it takes V8 sixteen times as long (Node 20), and it is done for each stage.
    const { index, name, baseName, at, platform } = start;
    const state: State = {
      index,
      name,
      baseName,
      at,
      platform,
      base: this.byName.get(baseName),
      commands: [],
      uses: new Set(),
      dispatched: false,
      triggersRead: false,
      environment: new Map(),
      imageEnvironment: new Map(),
      args: new Set(),
      workdir: '',
      workdirSet: false,
      shellSet: false,
    };
    this.all.push(state);
    if (name !== '') this.byName.set(name.toLowerCase(), state);
    return state;
  }

  named(name: string): State | undefined {
    return this.byName.get(name.toLowerCase());
  }

  /** The stage of that name, or else the image. */
  namedOrImage(name: string, at: Instruction | undefined): State {
    return this.named(name) ?? this.add({ index: -1, name: '', baseName: name, at, platform: undefined });
  }
}

/** What a stage needs: its base, and what it copies from or mounts, and what those need. */
export function reachableFrom(target: State): Set<State> {
  const found = new Set<State>();
  const pending = [target];
  for (let state = pending.pop(); state !== undefined; state = pending.pop()) {
    if (found.has(state)) continue;
    found.add(state);
    if (state.base !== undefined) pending.push(state.base);
    pending.push(...state.uses);
  }
  return found;
}

/** A stage that needs itself through COPY --from or a mount; undefined where there is none. */
export function findCycle(states: readonly State[]): State | undefined {
  const done = new Set<State>();
  const path = new Set<State>();
  // An explicit stack: thousands of stages may hang on one another.
  for (const first of states) {
    const stack: { state: State; rest: Iterator<State> }[] = [];
    const enter = (state: State): void => {
      done.add(state);
      path.add(state);
      stack.push({ state, rest: state.uses.values() });
    };
    if (!done.has(first)) enter(first);
    while (stack.length > 0) {
      const top = stack.at(-1);
      if (top === undefined) break;
      const next = top.rest.next();
      if (next.done === true) {
        path.delete(top.state);
        stack.pop();
      } else if (path.has(next.value)) return next.value;
      else if (!done.has(next.value)) enter(next.value);
    }
  }
  return undefined;
}
