import { rule } from '../types.ts';
import { hasDrive, reportAt, withoutQuotes } from './parts/hadolint.ts';
import { StageFact } from './parts/stages.ts';

export const copyRelativeWithoutWorkdir = rule({
  id: 'copy-relative-without-workdir',
  aliases: ['DL3045'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'none',
  summary: 'COPY to a relative path needs a WORKDIR before it.',
  why: 'Where the files end up depends on the base image.',
  source: 'hadolint, "DL3045"',
  examples: [
    { text: 'FROM alpine:3.20\nCOPY «a b»\n' },
    { text: 'FROM alpine:3.20\nWORKDIR /srv\nCOPY a b\n' },
    { text: 'FROM alpine:3.20\nCOPY a /b\n' },
  ],
  *detect({ reading }) {
    const workdir = new StageFact();
    for (const at of reading.instructions) {
      if (at.name === 'FROM') workdir.enter(at.base);
      if (at.name === 'WORKDIR') workdir.set();
      if (at.name !== 'COPY' || workdir.holds) continue;
      const target = withoutQuotes(at.target);
      if (target.startsWith('/') || target.startsWith('$') || hasDrive(target)) continue;
      yield reportAt(at, `\`${target}\` is relative to the base image’s working directory`);
    }
  },
});
