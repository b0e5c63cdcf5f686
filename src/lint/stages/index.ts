/** What each stage of a Dockerfile is: its base, its steps, what it takes from others, how its image starts. */
export { allSteps, isRunnable, lastOf, lineage, setsVariable, startCommand, stepsBefore, type StartCommand } from './config.ts';
export { isScript, readStart, unwrapped, type Start } from './start.ts';
export { familyOf, type Family } from './family.ts';
export { baseOf, readStages } from './stages.ts';
export type { Base, Stage, StageMount, StageStep } from './types.ts';
