import { rule } from '../types.ts';
import { hasDrive, plain, reportAt, withoutQuotes } from './parts/hadolint.ts';

export const workdirAbsolute = rule({
  id: 'workdir-absolute',
  aliases: ['DL3000'],
  presets: ['hadolint'],
  severity: 'error',
  fixes: 'none',
  summary: 'WORKDIR is an absolute path.',
  why: 'A relative one is added to the one before it, which may stand in another image.',
  source: 'hadolint, "DL3000"',
  examples: [
    { text: 'FROM alpine:3.20\nWORKDIR «app/src»\n' },
    { text: 'FROM alpine:3.20\nWORKDIR /app\n' },
    { text: 'FROM alpine:3.20\nWORKDIR $HOME\n' },
  ],
  *detect({ reading }) {
    for (const { content, at } of plain(reading)) {
      if (content.name !== 'WORKDIR') continue;
      const path = withoutQuotes(content.text);
      if (path.startsWith('$') || path.startsWith('/') || hasDrive(path)) continue;
      yield reportAt(at, `\`${path}\` is added to whatever the working directory is`);
    }
  },
});
