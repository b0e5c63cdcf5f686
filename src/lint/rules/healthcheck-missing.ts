import { rule } from '../types.ts';
import { reportAt } from './parts/hadolint.ts';
import type { ReadInstruction } from '../reading/index.ts';

export const healthcheckMissing = rule({
  id: 'healthcheck-missing',
  aliases: ['DL3057'],
  presets: ['hadolint'],
  severity: 'info',
  fixes: 'none',
  offByDefault: true,
  summary: 'Each stage has a HEALTHCHECK, or the stage it is built on has.',
  why: 'Without one Docker knows only whether the process lives.',
  source: 'hadolint, "DL3057"',
  examples: [{ text: 'FROM «alpine:3.20»\n' }, { text: 'FROM alpine:3.20 AS a\nHEALTHCHECK NONE\nFROM a\n' }],
  *detect({ reading }) {
    const healthy = new Set<Stage>();
    const missing = new Set<Stage>();
    let current: Stage | undefined;
    for (const at of reading.instructions) {
      if (at.name === 'FROM') {
        const { base } = at;
        current = { at, base: base.name, name: base.alias ?? base.name };
        const inherits = [...healthy].some(({ name }) => name === base.name);
        (inherits ? healthy : missing).add(current);
      }
      if (at.name !== 'HEALTHCHECK' || current === undefined) continue;
      for (const stage of [current, ...ancestors(missing, current)]) {
        healthy.add(stage);
        missing.delete(stage);
      }
    }
    for (const { at } of missing) yield reportAt(at, 'this stage has no HEALTHCHECK');
  },
});

interface Stage {
  readonly at: ReadInstruction;
  readonly base: string;
  readonly name: string;
}

/** The stages that a stage is built on, however far back. */
function ancestors(stages: ReadonlySet<Stage>, { base }: Stage): readonly Stage[] {
  const found = [...stages].filter(({ name }) => name === base);
  const others = new Set([...stages].filter((stage) => !found.includes(stage)));
  return found.flatMap((stage) => [stage, ...ancestors(others, stage)]);
}
