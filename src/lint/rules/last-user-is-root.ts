import { rule } from '../types.ts';
import { reportAt } from './parts/hadolint.ts';
import type { ReadInstruction } from '../reading/index.ts';

const ROOT = /^(?:root|0)(?::|$)/;

export const lastUserIsRoot = rule({
  id: 'last-user-is-root',
  aliases: ['DL3002'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'none',
  summary: 'The last USER of a stage is not root.',
  why: 'What breaks into the service then has every right in the container.',
  source: 'hadolint, "DL3002"',
  examples: [{ text: 'FROM alpine:3.20\nUSER «root»\n' }, { text: 'FROM alpine:3.20\nUSER root\nRUN id\nUSER 1000\n' }],
  *detect({ reading }) {
    // A stage's last USER, as long as it is root.
    const last = new Map<ReadInstruction, ReadInstruction>();
    let stage: ReadInstruction | undefined;
    for (const at of reading.instructions) {
      if (at.name === 'FROM') stage = at;
      if (at.name !== 'USER' || stage === undefined) continue;
      if (ROOT.test(at.text)) last.set(stage, at);
      else last.delete(stage);
    }
    for (const at of last.values()) yield reportAt(at, 'the image runs as root');
  },
});
