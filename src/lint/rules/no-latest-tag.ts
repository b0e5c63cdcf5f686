import { rule } from '../types.ts';
import { reportAt } from './parts/hadolint.ts';
import { nameSeries } from './parts/image-tag.ts';

export const noLatestTag = rule({
  id: 'no-latest-tag',
  aliases: ['DL3007'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'unsafe',
  summary: 'The base image is not `latest`.',
  why: 'The build changes when somebody publishes, without a change here.',
  source: 'hadolint, "DL3007"',
  examples: [
    { text: 'FROM «debian:latest»\n', fixed: 'FROM debian:13\n' },
    { text: 'FROM debian:12\n' },
    { text: 'FROM debian:latest@sha256:abc\n' },
  ],
  *detect({ file, reading }) {
    for (const at of reading.instructions) {
      if (at.name !== 'FROM' || at.base.tag !== 'latest' || at.base.digest !== undefined) continue;
      yield reportAt(at, `which version of \`${at.base.name}\` this is changes over time`, undefined, nameSeries(file, at.instruction));
    }
  },
});
