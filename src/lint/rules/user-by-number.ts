import { replace } from '../../dockerfile/index.ts';
import { flagValue, operands } from '../script/index.ts';
import { allSteps, familyOf, lastOf, type Stage } from '../stages/index.ts';
import { rule } from '../types.ts';
import { reportOn } from './parts/report.ts';
import { USERADD_VALUED } from './parts/rights.ts';
import { isService, startedImage } from './parts/service.ts';

export const userByNumber = rule({
  id: 'user-by-number',
  aliases: [],
  presets: ['recommended'],
  shippedOnly: true,
  severity: 'info',
  fixes: 'unsafe',
  summary: 'The USER of a service is a number.',
  why: 'With `runAsNonRoot: true` Kubernetes refuses an image whose user is a name: it cannot tell whether that is root.',
  source: 'Kubernetes, "Configure a Security Context" (kubelet: "image has non-numeric user"); Docker, "Building best practices: USER"',
  examples: [
    {
      text: 'FROM python:3.12-slim\nRUN useradd -u 10001 app\nUSER «app»\nEXPOSE 80\nCMD ["python", "main.py"]\n',
      fixed: 'FROM python:3.12-slim\nRUN useradd -u 10001 app\nUSER 10001\nEXPOSE 80\nCMD ["python", "main.py"]\n',
    },
    {
      text: 'FROM node:22-slim\nUSER «node»\nEXPOSE 3000\nCMD ["node", "server.js"]\n',
      fixed: 'FROM node:22-slim\nUSER 1000\nEXPOSE 3000\nCMD ["node", "server.js"]\n',
    },
    { text: 'FROM python:3.12-slim\nRUN useradd app\nUSER app\nEXPOSE 80\nCMD ["python", "main.py"]\n' },
    { text: 'FROM python:3.12-slim\nRUN useradd -u 10001 app\nUSER 10001:app\nEXPOSE 80\nCMD ["python", "main.py"]\n' },
    { text: 'FROM python:3.12-slim\nRUN useradd -u 10001 app\nUSER app\nRUN make\n' },
    { text: 'FROM quay.io/team/node:1\nUSER node\nEXPOSE 80\nCMD ["node", "server.js"]\n' },
  ],
  mentions: /\buser\b/i,
  *detect(subject) {
    for (const { stage, start } of startedImage(subject)) {
      const step = lastOf(stage, 'USER');
      const { args } = step?.instruction ?? {};
      const word = args?.form === 'words' ? args.words[0] : args?.form === 'text' ? args.word : undefined;
      if (step === undefined || word === undefined || !isService(stage, start)) continue;
      const [name = ''] = word.text.split(':', 1);
      const number = /^[A-Za-z_][\w-]*$/.test(name) && name !== 'root' ? numberOf(name, stage) : undefined;
      if (number === undefined) continue;
      const span = { start: word.span.start, end: word.span.start + name.length };
      yield reportOn(step.instruction, span, `Kubernetes cannot tell whether \`${name}\` is root: write ${number}`, {
        title: 'write the number',
        edits: [replace(span, number)],
      });
    }
  },
});

/** Users that official images bring (their Dockerfiles), and `nobody` of Debian, Ubuntu and Alpine. */
function numberOf(name: string, stage: Stage): string | undefined {
  const { base } = stage;
  const family = familyOf(base);
  if (name === 'node' && base.name === 'node') return '1000';
  if (name === 'nonroot' && family === 'distroless') return '65532';
  if (name === 'nobody' && /^(?:debian|ubuntu|alpine|distroless)$/.test(family ?? '')) return '65534';
  for (const { instruction, script } of allSteps(stage)) {
    const line = new RegExp(String.raw`(?:^|["'\s])${name}:[^:\s]*:(\d+):\d+:`, 'm').exec(
      [instruction.line, ...instruction.heredocs.map(({ content }) => content)].join('\n'),
    );
    if (line?.[1] !== undefined && instruction.name !== 'COPY') return line[1];
    const made = script.calls.find(
      (call) => /^(?:useradd|adduser)$/.test(call.program) && operands(call, ...USERADD_VALUED).some(({ text }) => text === name),
    );
    const uid = made && flagValue(made, 'u', 'uid');
    if (uid !== undefined && /^[1-9]\d*$/.test(uid.text)) return uid.text;
  }
  return undefined;
}
