import { rule } from '../types.ts';
import { argumentSpan } from './parts/spans.ts';
import { isAbsolute } from '../../dockerfile/index.ts';

export const workdirRelativePath = rule({
  id: 'workdir-relative-path',
  aliases: ['WorkdirRelativePath'],
  presets: ['buildkit'],
  severity: 'warning',
  fixes: 'none',
  summary: 'The first WORKDIR of a stage is an absolute path.',
  why: 'A relative one depends on the base image’s working directory, which another version may change.',
  source: 'BuildKit, "WorkdirRelativePath"',
  examples: [{ text: 'FROM alpine\nWORKDIR «app»\n' }, { text: 'FROM alpine\nWORKDIR /srv\nWORKDIR app\n' }],
  *detect({ evaluation }) {
    for (const { instruction, words, workdirSet, os, trigger, span, startLine, endLine } of evaluation.steps) {
      const path = words[0];
      if (instruction.name !== 'WORKDIR' || workdirSet || path === undefined || isAbsolute(path, os)) continue;
      yield {
        span: trigger ? span : argumentSpan(instruction),
        message: `\`${path}\` is relative to whatever the base image’s working directory is`,
        instruction,
        lines: { start: startLine, end: endLine },
        comments: instruction.comments,
      };
    }
  },
});
