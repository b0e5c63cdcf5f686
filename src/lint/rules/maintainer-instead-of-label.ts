import { rule } from '../types.ts';
import { reportAt } from './parts/hadolint.ts';
import { asLabel } from './parts/maintainer.ts';

export const maintainerInsteadOfLabel = rule({
  id: 'maintainer-instead-of-label',
  aliases: ['DL4000'],
  presets: ['hadolint'],
  severity: 'error',
  fixes: 'unsafe',
  summary: 'The author is a label, not MAINTAINER.',
  why: 'MAINTAINER is deprecated since Docker 1.13.',
  source: 'hadolint, "DL4000"',
  examples: [
    { text: 'FROM alpine:3.20\nMAINTAINER «me»\n', fixed: 'FROM alpine:3.20\nLABEL org.opencontainers.image.authors="me"\n' },
    { text: 'FROM alpine:3.20\nLABEL org.opencontainers.image.authors=me\n' },
  ],
  *detect({ file, reading }) {
    for (const at of reading.instructions)
      if (at.name === 'MAINTAINER')
        yield reportAt(
          at,
          'say this in the label `org.opencontainers.image.authors`',
          undefined,
          at.instruction && asLabel(file, at.instruction),
        );
  },
});
