import type { Stage, StageStep } from '../../stages/index.ts';

/** Each RUN with its stage, in the order of the text. */
export function* runs(stages: readonly Stage[]): Iterable<{ readonly stage: Stage; readonly step: StageStep }> {
  for (const stage of stages) for (const step of stage.steps) if (step.instruction.name === 'RUN') yield { stage, step };
}
