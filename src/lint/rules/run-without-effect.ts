import { replace } from '../../dockerfile/index.ts';
import { operands, type Call, type Script } from '../script/index.ts';
import type { StageStep } from '../stages/index.ts';
import { rule, type Fix } from '../types.ts';
import { reportOn } from './parts/report.ts';
import { allRuns } from './parts/runs.ts';

export const runWithoutEffect = rule({
  id: 'run-without-effect',
  aliases: [],
  presets: ['recommended'],
  severity: 'warning',
  fixes: 'unsafe',
  summary: 'A RUN does not end with what ends with its shell: `cd`, `export`, `source`, a service that it starts.',
  why: 'Each RUN has a shell of its own. The next one is again in the WORKDIR, without the variables and without the processes.',
  source: 'Dockerfile reference, "RUN", "WORKDIR" and "ENV"',
  examples: [
    { text: 'FROM debian\nRUN «cd /app»\nRUN make\n', fixed: 'FROM debian\nWORKDIR /app\nRUN make\n' },
    { text: 'FROM debian\nRUN «export PATH=/opt/bin:$PATH»\n', fixed: 'FROM debian\nENV PATH=/opt/bin:$PATH\n' },
    { text: 'FROM python:3.12\nRUN python -m venv /venv && «. /venv/bin/activate»\nRUN pip install flask\n' },
    { text: 'FROM debian\nRUN git clone https://example.com/a.git && «cd a»\nRUN make\n' },
    { text: 'FROM debian\nRUN «service postgresql start»\nRUN createdb app\n' },
    { text: 'FROM debian\nRUN cd /app && make\n' },
    { text: 'FROM debian\nRUN export DEBIAN_FRONTEND=noninteractive && apt-get install -y tzdata\n' },
    { text: 'FROM debian\nRUN service postgresql start && su postgres -c "createdb app"\n' },
    { text: 'FROM debian\nRUN systemctl enable sshd\n' },
    { text: 'FROM debian\nRUN (cd /app && make) && . ./check.sh\n' },
    { text: 'FROM debian\nRUN cd app && make && cd ..; cd /\n' },
    { text: 'FROM debian\nRUN apt-get install -y curl && cd /tmp\nCOPY app /app\n' },
    { text: 'FROM debian\nRUN «cd /tmp»\nRUN make\n', fixed: 'FROM debian\nWORKDIR /tmp\nRUN make\n' },
  ],
  mentions: /\b(?:cd|export|source|service|systemctl)\b|\s\.\s|init\.d/,
  *detect(subject) {
    for (const { step } of allRuns(subject)) {
      const { instruction, script } = step;
      const last = script.calls.findLast(({ inner }) => !inner);
      const lost = last && lostBy(last);
      if (
        last === undefined ||
        lost === undefined ||
        isWayBack(last, script) ||
        last.conditional ||
        last.redirections.length > 0 ||
        !isAtEnd(last, step)
      )
        continue;
      yield reportOn(instruction, last.span, lost, mend(step, last));
    }
  },
});

/** `cd a && make && cd ..`, `apt-get install … && cd /tmp` */
const isWayBack = (call: Call, { calls }: Script): boolean =>
  call.program === 'cd' &&
  (calls.some((other) => other !== call && /^(?:cd|pushd)$/.test(other.program)) ||
    /^(?:\.\.|-|\/|~|)$/.test(call.args[0]?.text ?? '') ||
    (calls.length > 1 && /^\/(?:tmp|root)\/?$/.test(call.args[0]?.text ?? '')));

/** A call in parentheses or in a loop is not at the end of its text. */
const isAtEnd = ({ span, fate }: Call, { instruction, script }: StageStep): boolean =>
  (fate === 'ends' || fate === 'lost to ;') &&
  (instruction.args.form !== 'text' || instruction.heredocs.length > 0
    ? script.text.trimEnd().endsWith(last(script.text))
    : span.end === instruction.args.word.span.end);

const last = (text: string): string => text.trimEnd().split('\n').at(-1) ?? '';

/** What the end of the shell takes away. */
function lostBy(call: Call): string | undefined {
  switch (call.program) {
    case 'cd':
      return 'the next instruction is not in this folder: write `WORKDIR`';
    case 'export':
      return 'the next instruction does not have this variable: write `ENV`';
    case 'source':
    case '.':
      return isEnvironment(call) ? 'what it sets is gone in the next instruction: use it in the same RUN, or write `ENV`' : undefined;
    case 'service':
      return /^(?:re)?start$/.test(operands(call)[1]?.text ?? '') ? SERVICE : undefined;
    case 'systemctl':
      return /^(?:start|restart|daemon-reload)$/.test(operands(call)[0]?.text ?? '') ? SERVICE : undefined;
    default:
      return /^\/etc\/init\.d\//.test(call.word.text) && /^(?:re)?start$/.test(call.args[0]?.text ?? '') ? SERVICE : undefined;
  }
}

const SERVICE = 'the service is gone when the RUN ends: start it in the RUN that needs it, or with CMD';

/** A file that sets variables, and not a script that does something. */
const isEnvironment = ({ args }: Call): boolean =>
  /(?:activate|env|rc|profile|nvm\.sh|\.sdkman\/bin\/[\w-]+\.sh)$/.test(args[0]?.text ?? '');

/** `RUN cd /app` is `WORKDIR /app`, and `RUN export A=b` is `ENV A=b`. */
function mend({ instruction, script }: StageStep, call: Call): Fix | undefined {
  const [word] = call.args;
  const alone =
    script.calls.length === 1 && script.assignments.length === 0 && instruction.args.form === 'text' && instruction.flags.length === 0;
  if (!alone || word === undefined || call.args.length !== 1 || word.quoted || word.text.includes('`') || word.text.includes('$('))
    return undefined;
  const keyword =
    call.program === 'cd' && word.text.startsWith('/')
      ? 'WORKDIR'
      : call.program === 'export' && word.text.includes('=')
        ? 'ENV'
        : undefined;
  if (keyword === undefined) return undefined;
  return { title: `write \`${keyword}\``, edits: [replace({ start: instruction.keywordSpan.start, end: word.span.start }, `${keyword} `)] };
}
