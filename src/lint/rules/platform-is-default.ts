import { rule } from '../types.ts';
import { reportAt } from './parts/hadolint.ts';
import { flagSpan, withoutFlag } from './parts/spans.ts';

export const platformIsDefault = rule({
  id: 'platform-is-default',
  aliases: ['DL3065'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'safe',
  summary: 'FROM does not say `--platform=$TARGETPLATFORM`.',
  why: 'That is what it does without the flag.',
  source: 'hadolint, "DL3065"',
  examples: [
    { text: 'FROM «--platform=$TARGETPLATFORM» alpine:3.20\n', fixed: 'FROM alpine:3.20\n' },
    { text: 'FROM --platform=$BUILDPLATFORM alpine:3.20\n' },
  ],
  *detect({ file, reading }) {
    for (const at of reading.instructions) {
      const platform = at.name === 'FROM' ? at.base.platform : undefined;
      if (platform !== '$TARGETPLATFORM' && platform !== '${TARGETPLATFORM}') continue;
      const span = at.instruction && flagSpan(at.instruction, 'platform');
      yield reportAt(at, 'this platform is the one that is taken anyway', span, span && withoutFlag(file, span));
    }
  },
});
