import type { Instruction } from '../../../dockerfile/index.ts';
import { stepsBefore, type Stage, type StageStep } from '../../stages/index.ts';
import type { Subject } from '../../types.ts';

/** An instruction of a stage. */
export interface InStage {
  readonly stage: Stage;
  readonly step: StageStep;
  /** Those before it, of the stages it is built on too. */
  readonly before: readonly StageStep[];
}

/** Where an instruction stands; undefined for FROM and what comes before the first. */
export function inStage({ stages }: Pick<Subject, 'stages'>, instruction: Instruction | undefined): InStage | undefined {
  for (const stage of stages) {
    const step = stage.steps.find((each) => each.instruction === instruction);
    if (step !== undefined) return { stage, step, before: stepsBefore(stage, step) };
  }
  return undefined;
}
