import type { RuntimeContract } from '../../plan/index.ts';
import type { Level } from '../types.ts';

export type ProfileId = 'docker' | 'compose' | 'podman' | 'kubernetes' | 'openshift' | 'ecs';

/** What a target demands of the containers that it runs, by its own published rules. One file each. */
export interface Profile {
  readonly id: ProfileId;
  readonly about: string;
  /** Gates whose level is another one there. */
  readonly levels: readonly LevelThere[];
  /** From the stop signal to the kill. */
  readonly grace: {
    /** Where plimsoll.yaml names none. Milliseconds. */
    readonly ms: number;
    /** No service gets more there. */
    readonly mostMs?: number;
    readonly source: string;
  };
  /** What a container may take where nobody says: bytes. Absent: all that its host has. */
  readonly memory?: { readonly bytes: number; readonly source: string };
}

export interface LevelThere {
  readonly gate: string;
  readonly level: Level;
  readonly why: string;
  readonly source: string;
}

/** Checks the shape where a profile is written. */
export const profile = (definition: Profile): Profile => definition;

/** What the service is held to there. `named`: what plimsoll.yaml says itself, which only a target's limit overrules. */
export function contractIn(
  { grace, memory }: Profile,
  contract: RuntimeContract,
  named: { readonly grace: boolean; readonly memory: boolean },
): RuntimeContract {
  const graceMs = Math.min(named.grace ? contract.stop.graceMs : grace.ms, grace.mostMs ?? Infinity);
  return {
    ...contract,
    stop: { ...contract.stop, graceMs },
    limits: { ...contract.limits, ...(memory && !named.memory ? { memoryBytes: memory.bytes } : {}) },
  };
}
