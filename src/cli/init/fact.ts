import type { KeyValue } from '../../config/index.ts';
import { familyOf, type Stage, type StageStep } from '../../lint/index.ts';
import type { Plan } from '../../plan/index.ts';

/** What a Dockerfile of somebody else's says of its image, and what becomes of it. */
export interface DockerfileFact {
  readonly what: string;
  readonly value: string;
  /** From 1. */
  readonly line: number;
  /** Keys of plimsoll.yaml that say the same; none where Plimsoll decides so by itself, or it is not taken over. */
  readonly keys: readonly KeyValue[];
  /** Why it is not taken over. */
  readonly leftOut?: string;
}

/** One thing that is read from the last stage. Pure. */
export type FactReader = (stage: Stage, plan: Plan) => readonly DockerfileFact[];

/** A fact as it stands in one step. Without keys: as Plimsoll decides. */
export const factAt = (
  step: Pick<StageStep, 'instruction'>,
  what: string,
  value: string,
  ...keys: readonly KeyValue[]
): DockerfileFact => ({
  what,
  value,
  line: step.instruction.startLine,
  keys,
});

/** A fact that is not taken over, and why. */
export const leftOut = (step: Pick<StageStep, 'instruction'>, what: string, value: string, why: string): DockerfileFact => ({
  ...factAt(step, what, value),
  leftOut: why,
});

/** Whether packages of the base are Debian's. */
export const isDebian = (stage: Stage): boolean => ['debian', 'ubuntu'].includes(familyOf(stage.base) ?? '');
