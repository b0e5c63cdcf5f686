import { rule } from '../types.ts';

export const fromPlatformFlagConstDisallowed = rule({
  id: 'from-platform-flag-const-disallowed',
  aliases: ['FromPlatformFlagConstDisallowed'],
  presets: ['buildkit'],
  severity: 'warning',
  fixes: 'none',
  summary: 'FROM does not fix the platform.',
  why: 'The image can then be built for that platform alone, and on others it runs under emulation or not at all.',
  source: 'BuildKit, "FromPlatformFlagConstDisallowed"',
  examples: [
    { text: 'FROM «--platform=linux/amd64» alpine\n' },
    { text: 'FROM --platform=linux/amd64 alpine AS build_amd64\n' },
    { text: 'FROM --platform=$BUILDPLATFORM alpine\n' },
  ],
  *detect({ evaluation }) {
    for (const { from, name = '', platform } of evaluation.stages) {
      const flag = from.flags.find((f) => f.name === 'platform');
      const parsed = platform?.parsed;
      if (flag === undefined || platform === undefined || parsed === undefined) continue;
      if (platform.expansion.matched.size > 0 || platform.expansion.unmatched.size > 0) continue;
      // A stage named after its platform is one of several that a build chooses from.
      if (name.includes(parsed.os) || name.includes(parsed.architecture)) continue;
      yield {
        span: flag.span,
        message: `the platform is fixed to \`${platform.expansion.value}\``,
        instruction: from,
        comments: from.comments,
      };
    }
  },
});
