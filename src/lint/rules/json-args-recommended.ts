import { rule } from '../types.ts';
import { execForm } from './parts/exec-form.ts';
import { argumentSpan } from './parts/spans.ts';

export const jsonArgsRecommended = rule({
  id: 'json-args-recommended',
  aliases: ['JSONArgsRecommended'],
  presets: ['buildkit'],
  severity: 'warning',
  fixes: 'unsafe',
  summary: 'CMD and ENTRYPOINT are JSON lists, unless SHELL says which shell is meant.',
  why: 'Otherwise `/bin/sh -c` is PID 1. It passes no SIGTERM on, so the service is killed after the grace period.',
  source: 'BuildKit, "JSONArgsRecommended"; Dockerfile reference, "Shell and exec form"',
  examples: [
    { text: 'FROM alpine\nCMD «python app.py»\n', fixed: 'FROM alpine\nCMD ["python", "app.py"]\n' },
    { text: 'FROM alpine\nCMD «python app.py --port $PORT»\n' },
    { text: 'FROM alpine\nSHELL ["/bin/bash", "-c"]\nCMD python app.py\n' },
  ],
  *detect({ evaluation }) {
    for (const { instruction, span, startLine, endLine, trigger, shellSet } of evaluation.steps) {
      const { name, args } = instruction;
      if ((name !== 'CMD' && name !== 'ENTRYPOINT') || args.form === 'exec' || shellSet) continue;
      const list = trigger ? undefined : execForm(instruction);
      yield {
        span: trigger ? span : argumentSpan(instruction),
        message: `${name} is in shell form: a shell is PID 1 and passes no signals on`,
        instruction,
        lines: { start: startLine, end: endLine },
        comments: instruction.comments,
        fix: list,
      };
    }
  },
});
