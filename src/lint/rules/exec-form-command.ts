import { rule } from '../types.ts';
import { plain, reportAt } from './parts/hadolint.ts';
import { inStage } from './parts/in-stage.ts';
import { execForm } from './parts/exec-form.ts';

export const execFormCommand = rule({
  id: 'exec-form-command',
  aliases: ['DL3025'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'unsafe',
  summary: 'CMD, ENTRYPOINT and HEALTHCHECK CMD are JSON lists.',
  why: 'In shell form `sh -c` is PID 1, and it passes no SIGTERM on.',
  source: 'hadolint, "DL3025"',
  examples: [
    { text: 'FROM alpine:3.20\nCMD «python app.py»\n', fixed: 'FROM alpine:3.20\nCMD ["python", "app.py"]\n' },
    {
      text: 'FROM alpine:3.20\nHEALTHCHECK «CMD curl -f localhost || exit 1»\n',
      fixed: 'FROM alpine:3.20\nHEALTHCHECK CMD ["curl", "-f", "localhost"]\n',
    },
    {
      text: 'FROM alpine:3.20\nCMD «cd app && ./serve --port $PORT»\n',
      fixed: 'FROM alpine:3.20\nCMD ["/bin/sh", "-c", "cd app && exec ./serve --port $PORT"]\n',
    },
    { text: 'FROM alpine:3.20\nCMD «a | b»\n' },
    { text: 'FROM alpine:3.20\nCMD ["python", "app.py"]\n' },
  ],
  *detect(subject) {
    for (const { content, at } of plain(subject.reading)) {
      if (content.name !== 'CMD' && content.name !== 'ENTRYPOINT' && content.name !== 'HEALTHCHECK') continue;
      if (content.arguments === undefined || content.arguments.isList) continue;
      yield reportAt(
        at,
        `${content.name} is in shell form: a shell stands between Docker and the program`,
        undefined,
        at.instruction && execForm(at.instruction, inStage(subject, at.instruction)?.step.shell !== undefined),
      );
    }
  },
});
