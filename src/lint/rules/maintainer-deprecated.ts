import { rule } from '../types.ts';
import { asLabel } from './parts/maintainer.ts';

export const maintainerDeprecated = rule({
  id: 'maintainer-deprecated',
  aliases: ['MaintainerDeprecated'],
  presets: ['buildkit'],
  severity: 'warning',
  fixes: 'unsafe',
  summary: 'The author is a label, not MAINTAINER.',
  why: 'MAINTAINER is deprecated since Docker 1.13; tools read the label `org.opencontainers.image.authors`.',
  source: 'Dockerfile reference, "MAINTAINER (deprecated)"; OCI image spec, "Annotations"',
  examples: [
    {
      text: 'FROM alpine\n«MAINTAINER Ada <ada@example.org>»\n',
      fixed: 'FROM alpine\nLABEL org.opencontainers.image.authors="Ada <ada@example.org>"\n',
    },
    { text: 'FROM alpine\nLABEL org.opencontainers.image.authors="Ada"\n' },
  ],
  *detect({ file, evaluation }) {
    for (const instruction of evaluation.read) {
      if (instruction.name !== 'MAINTAINER') continue;
      const { span, comments } = instruction;
      yield { span, message: 'MAINTAINER is deprecated', instruction, comments, fix: asLabel(file, instruction) };
    }
  },
});
