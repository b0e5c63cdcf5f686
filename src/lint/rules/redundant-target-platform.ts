import { replace } from '../../dockerfile/index.ts';
import { rule } from '../types.ts';

export const redundantTargetPlatform = rule({
  id: 'redundant-target-platform',
  aliases: ['RedundantTargetPlatform'],
  presets: ['buildkit'],
  severity: 'style',
  fixes: 'safe',
  summary: 'FROM does not say `--platform=$TARGETPLATFORM`.',
  why: 'That is what it does without the flag.',
  source: 'BuildKit, "RedundantTargetPlatform"',
  examples: [
    { text: 'FROM «--platform=$TARGETPLATFORM» alpine\n', fixed: 'FROM alpine\n' },
    { text: 'FROM --platform=$BUILDPLATFORM alpine\n' },
  ],
  *detect({ file, evaluation }) {
    for (const { from, platform } of evaluation.stages) {
      const flag = from.flags.find((f) => f.name === 'platform');
      if (flag === undefined || platform === undefined) continue;
      const { matched, unmatched, value } = platform.expansion;
      if (matched.size !== 1 || unmatched.size > 0 || !matched.has('TARGETPLATFORM') || value !== evaluation.targetPlatformText) continue;
      const end = flag.span.end + (/^[ \t]+/.exec(file.text.slice(flag.span.end))?.[0].length ?? 0);
      yield {
        span: flag.span,
        message: '`--platform=$TARGETPLATFORM` is what FROM does anyway',
        instruction: from,
        comments: from.comments,
        fix: { title: 'take the flag out', edits: [replace({ start: flag.span.start, end }, '')] },
      };
    }
  },
});
