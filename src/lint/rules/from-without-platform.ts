import { replace, type Dockerfile, type Span } from '../../dockerfile/index.ts';
import { rule, type Fix } from '../types.ts';
import { reportAt } from './parts/hadolint.ts';
import { flagSpan, withoutFlag } from './parts/spans.ts';

export const fromWithoutPlatform = rule({
  id: 'from-without-platform',
  aliases: ['DL3029'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'unsafe',
  summary: 'FROM does not fix the platform.',
  why: 'The image can then be built for that platform alone.',
  source: 'hadolint, "DL3029"',
  examples: [
    { text: 'FROM «--platform=linux/amd64» alpine:3.20\n' },
    { text: 'FROM «--platform=linux/$BUILDARCH» alpine:3.20\n', fixed: 'FROM --platform=$BUILDPLATFORM alpine:3.20\n' },
    { text: 'FROM «--platform=linux/${TARGETARCH}» alpine:3.20\n', fixed: 'FROM alpine:3.20\n' },
    { text: 'FROM --platform=$BUILDPLATFORM alpine:3.20\n' },
  ],
  *detect({ file, reading }) {
    for (const at of reading.instructions) {
      const platform = at.name === 'FROM' ? at.base.platform : undefined;
      if (platform === undefined || /BUILDPLATFORM|TARGETPLATFORM/.test(platform)) continue;
      const span = at.instruction && flagSpan(at.instruction, 'platform');
      yield reportAt(at, `the platform is fixed to \`${platform}\``, span, span && asVariable(file, span, platform));
    }
  },
});

/** Only where the architecture is left open already; which one a fixed platform should become, nobody can tell. */
function asVariable(file: Dockerfile, span: Span, platform: string): Fix | undefined {
  const [, whose] = /^(?:linux\/)?\$\{?(BUILD|TARGET)ARCH\}?$/.exec(platform) ?? [];
  if (whose === 'TARGET') return withoutFlag(file, span);
  return whose === 'BUILD' ? { title: 'write `$BUILDPLATFORM`', edits: [replace(span, '--platform=$BUILDPLATFORM')] } : undefined;
}
