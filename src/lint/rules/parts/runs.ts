import type { Call } from '../../script/index.ts';
import type { Stage, StageStep } from '../../stages/index.ts';

/** Each RUN with its stage, in the order of the text. */
export function* runs(stages: readonly Stage[]): Iterable<{ readonly stage: Stage; readonly step: StageStep }> {
  for (const stage of stages) for (const step of stage.steps) if (step.instruction.name === 'RUN') yield { stage, step };
}

/** Commands after a command, no further than this, are looked at: what is fetched is used soon. */
const NEAR = 200;

/** What the RUN and those after it call after a call. */
export function callsAfter(call: Call, step: StageStep, stage: Stage): readonly Call[] {
  const { calls } = step.script;
  const place = calls.indexOf(call) + 1;
  const found = calls.slice(place, place + NEAR);
  for (let i = stage.steps.indexOf(step) + 1; i < stage.steps.length && found.length < NEAR; i += 1) {
    found.push(...(stage.steps[i]?.script.calls.slice(0, NEAR) ?? []));
  }
  return found;
}
