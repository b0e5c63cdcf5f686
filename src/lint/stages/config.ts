import { onceFor } from '../../base/index.ts';
import { declaration, wordsOf, type Instruction } from '../../dockerfile/index.ts';
import type { Script } from '../script/index.ts';
import type { Stage, StageStep } from './types.ts';

/** The stage and those it is built on, the first of them first. */
export const lineage: (stage: Stage) => readonly Stage[] = onceFor((stage) =>
  stage.parent === undefined ? [stage] : [...lineage(stage.parent), stage],
);

/** All steps that a stage's files and configuration come from, those of its parents first. */
export const allSteps: (stage: Stage) => readonly StageStep[] = onceFor((stage) =>
  stage.parent === undefined ? stage.steps : lineage(stage).flatMap(({ steps }) => steps),
);

/** The instruction of this name that counts: the last, the parents' included. */
export const lastOf = (stage: Stage, name: string): StageStep | undefined =>
  allSteps(stage).findLast(({ instruction }) => instruction.name === name);

/**
 * The program that the image starts with, and what it is given: ENTRYPOINT, and CMD where it counts (an ENTRYPOINT takes
 * away a CMD that the base stage has; Dockerfile reference, "Understand how CMD and ENTRYPOINT interact").
 */
export interface StartCommand {
  /** What decides how it is started: ENTRYPOINT, or CMD where there is none. */
  readonly step: StageStep;
  /** CMD beside an ENTRYPOINT. */
  readonly cmd: StageStep | undefined;
}

/** Undefined where the file says nothing: the base decides. */
export const startCommand: (stage: Stage) => StartCommand | undefined = onceFor(readStartCommand);

function readStartCommand(stage: Stage): StartCommand | undefined {
  let entrypoint: StageStep | undefined;
  let cmd: StageStep | undefined;
  for (const { steps } of lineage(stage)) {
    const ownCmd = steps.findLast(({ instruction }) => instruction.name === 'CMD');
    const own = steps.findLast(({ instruction }) => instruction.name === 'ENTRYPOINT');
    if (own !== undefined) [entrypoint, cmd] = [isEmpty(own.instruction) ? undefined : own, undefined];
    if (ownCmd !== undefined) cmd = isEmpty(ownCmd.instruction) ? undefined : ownCmd;
  }
  if (entrypoint !== undefined) return { step: entrypoint, cmd };
  return cmd === undefined ? undefined : { step: cmd, cmd: undefined };
}

/** `CMD []` takes away what was set. */
const isEmpty = ({ args }: Instruction): boolean => wordsOf(args).length === 0;

/** Steps of a stage in front of another one, its parents' included. */
export function stepsBefore(stage: Stage, step: StageStep): readonly StageStep[] {
  const all = allSteps(stage);
  return all.slice(0, Math.max(0, all.indexOf(step)));
}

/** Whether the Dockerfile describes a service or a program to be run, and not a base for others or a build. */
export const isRunnable = (stage: Stage): boolean => startCommand(stage) !== undefined;

/** Whether a variable is set where a step stands: by ENV or ARG before it, or in its script. */
export const setsVariable = (stage: Stage, step: StageStep, name: string): boolean =>
  stepsBefore(stage, step).some(({ instruction: { args, name: keyword } }) =>
    keyword === 'ENV' ? wordsOf(args).includes(name) : keyword === 'ARG' && wordsOf(args).some((word) => declaration(word).name === name),
  ) || scriptSets(step.script, name);

const scriptSets = ({ assignments, calls }: Script, name: string): boolean =>
  [...assignments, ...calls.flatMap((call) => [...call.assignments, ...(call.program === 'export' ? call.args : [])])].some(({ text }) =>
    text.startsWith(`${name}=`),
  );
