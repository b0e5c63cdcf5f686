import { rule } from '../types.ts';
import { reportAt, triggers } from './parts/hadolint.ts';

export const onbuildForbiddenTrigger = rule({
  id: 'onbuild-forbidden-trigger',
  aliases: ['DL3043'],
  presets: ['hadolint'],
  severity: 'error',
  fixes: 'none',
  summary: 'ONBUILD holds no ONBUILD, FROM or MAINTAINER.',
  why: 'The build stops at such a trigger.',
  source: 'hadolint, "DL3043"',
  examples: [{ text: 'FROM alpine:3.20\n«ONBUILD MAINTAINER me»\n' }, { text: 'FROM alpine:3.20\nONBUILD RUN make\n' }],
  *detect({ reading }) {
    for (const { content, at } of triggers(reading)) {
      if (content.name !== 'ONBUILD' && content.name !== 'FROM' && content.name !== 'MAINTAINER') continue;
      yield reportAt(at, `ONBUILD cannot hold ${content.name}`);
    }
  },
});
