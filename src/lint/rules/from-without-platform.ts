import { rule } from '../types.ts';
import { reportAt } from './parts/hadolint.ts';
import { flagSpan } from './parts/spans.ts';

export const fromWithoutPlatform = rule({
  id: 'from-without-platform',
  aliases: ['DL3029'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'none',
  summary: 'FROM does not fix the platform.',
  why: 'The image can then be built for that platform alone.',
  source: 'hadolint, "DL3029"',
  examples: [{ text: 'FROM «--platform=linux/amd64» alpine:3.20\n' }, { text: 'FROM --platform=$BUILDPLATFORM alpine:3.20\n' }],
  *detect({ reading }) {
    for (const at of reading.instructions) {
      const platform = at.name === 'FROM' ? at.base.platform : undefined;
      if (platform === undefined || /BUILDPLATFORM|TARGETPLATFORM/.test(platform)) continue;
      yield reportAt(at, `the platform is fixed to \`${platform}\``, at.instruction && flagSpan(at.instruction, 'platform'));
    }
  },
});
