import { rule } from '../types.ts';
import { plain, reportAt } from './parts/hadolint.ts';
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
    { text: 'FROM alpine:3.20\nHEALTHCHECK «CMD curl localhost»\n' },
    { text: 'FROM alpine:3.20\nCMD ["python", "app.py"]\n' },
  ],
  *detect({ reading }) {
    for (const { content, at } of plain(reading)) {
      if (content.name !== 'CMD' && content.name !== 'ENTRYPOINT' && content.name !== 'HEALTHCHECK') continue;
      if (content.arguments === undefined || content.arguments.isList) continue;
      yield reportAt(
        at,
        `${content.name} is in shell form: a shell stands between Docker and the program`,
        undefined,
        at.instruction && execForm(at.instruction),
      );
    }
  },
});
