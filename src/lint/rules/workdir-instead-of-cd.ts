import { rule } from '../types.ts';
import { reportAt, spanIn } from './parts/hadolint.ts';
import { workdirsFor } from './parts/split-run.ts';

export const workdirInsteadOfCd = rule({
  id: 'workdir-instead-of-cd',
  aliases: ['DL3003'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'unsafe',
  summary: 'WORKDIR changes the folder, not `cd`.',
  why: '`cd` holds for one RUN only, and the reader has to keep track of it.',
  source: 'hadolint, "DL3003"',
  examples: [
    { text: 'FROM alpine:3.20\nRUN «cd /src» && make\n', fixed: 'FROM alpine:3.20\nWORKDIR /src\nRUN make\nWORKDIR /\n' },
    {
      text: 'FROM alpine:3.20\nWORKDIR /srv\nRUN ./fetch && «cd src» && make\nWORKDIR /app\n',
      fixed: 'FROM alpine:3.20\nWORKDIR /srv\nRUN ./fetch\nWORKDIR /srv/src\nRUN make\nWORKDIR /app\n',
    },
    { text: 'FROM example/app\nRUN «cd src» && make\n' },
    { text: 'FROM alpine:3.20\nWORKDIR /src\nRUN make\n' },
  ],
  *detect(subject) {
    for (const at of subject.reading.instructions) {
      const cd = at.name === 'RUN' ? at.arguments.script.commands.find(({ name }) => name === 'cd') : undefined;
      if (at.name === 'RUN' && cd !== undefined)
        yield reportAt(at, '`cd` is gone after this RUN', spanIn(at, cd), workdirsFor(subject, at));
    }
  },
});
