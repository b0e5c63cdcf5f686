import { rule } from '../types.ts';
import { reportAt, withoutQuotes } from './parts/hadolint.ts';

export const copyIntoFolder = rule({
  id: 'copy-into-folder',
  aliases: ['DL3021'],
  presets: ['hadolint', 'recommended'],
  severity: 'error',
  fixes: 'none',
  summary: 'Several files are copied into a folder that ends in `/`.',
  why: 'Without it the build stops, or a file is written under the folder’s name.',
  source: 'hadolint, "DL3021"',
  examples: [{ text: 'FROM alpine:3.20\nCOPY «a b /srv»\n' }, { text: 'FROM alpine:3.20\nCOPY a b /srv/\n' }],
  *detect({ reading }) {
    for (const at of reading.instructions) {
      if (at.name !== 'COPY' || at.sources.length < 2 || withoutQuotes(at.target).endsWith('/')) continue;
      yield reportAt(at, 'several files are copied to what does not end in `/`');
    }
  },
});
