import { replace } from '../../dockerfile/index.ts';
import { operands, type Call } from '../script/index.ts';
import { familyOf, type Base, type Start } from '../stages/index.ts';
import { mayBeForDevelopment } from '../purpose.ts';
import { rule, type Context, type Fix } from '../types.ts';
import { reportOn } from './parts/report.ts';
import { startedCalls, startedImage } from './parts/service.ts';

export const startThroughPackageManager = rule({
  id: 'start-through-package-manager',
  aliases: [],
  presets: ['recommended'],
  shippedOnly: true,
  severity: 'warning',
  fixes: 'unsafe',
  summary: 'A Node.js service is started by `node`, not by npm, yarn or pnpm.',
  why: 'npm starts the script in a shell that does not pass SIGTERM on where it is dash; yarn and pnpm end before the service does. The service is killed in the middle of its work.',
  source: 'docker-node, "Best Practices: CMD"; npm 11 with dash as it behaves; yarn issue 3424, Yarn berry issue 5158',
  examples: [
    {
      text: 'FROM node:22-slim\nCMD [«"npm", "start"»]\n',
      fixed: 'FROM node:22-slim\nCMD ["node", "server.js"]\n',
      files: { 'package.json': '{ "scripts": { "start": "node server.js" } }' },
    },
    { text: 'FROM node:22-alpine\nCMD [«"yarn", "start"»]\n' },
    { text: 'FROM node:22\nENTRYPOINT ["tini", "--"]\nCMD [«"pnpm", "run", "start:prod"»]\n' },
    { text: 'FROM node:22-alpine\nCMD ["npm", "start"]\n' },
    { text: 'FROM node:22\nCMD ["npm", "test"]\n' },
    { text: 'FROM node:22\nENTRYPOINT ["dumb-init", "--"]\nCMD ["npm", "start"]\n' },
    { text: 'FROM node:22-slim\nCMD ["npm", "start"]\n', files: { 'package.json': '{ "scripts": { "start": "exec node server.js" } }' } },
  ],
  mentions: /\b(?:npm|yarn|pnpm)\b/,
  *detect(subject) {
    for (const { stage, start } of startedImage(subject)) {
      const call = startedCalls(start).at(-1);
      if (
        call === undefined ||
        call.conditional ||
        mayBeForDevelopment(subject.file, stage) ||
        start.before.some(({ text }) => /dumb-init$|^-g$/.test(text))
      )
        continue;
      const script = scriptName(call);
      if (script === undefined || !keepsSignals(call, stage.base)) continue;
      const command = commandOf(script, subject.contexts);
      if (call.program === 'npm' && command?.startsWith('exec ') === true) continue;
      const instead = command !== undefined && isPlain(command) ? `\`${command}\`` : 'the program of its script';
      yield reportOn(
        start.at.instruction,
        call.span,
        `\`${call.program}\` is process 1 and keeps SIGTERM from the service: start ${instead} directly`,
        command === undefined ? undefined : direct(start, call, command),
      );
    }
  },
});

/** The script that `npm start`, `yarn start` and `npm run start:prod` run; tests and development servers are not meant. */
function scriptName(call: Call): string | undefined {
  if (!/^(?:npm|yarn|pnpm)$/.test(call.program)) return undefined;
  const [first = '', second = ''] = operands(call).map(({ text }) => text);
  const name = /^(?:run|run-script)$/.test(first) ? second : first;
  return /^(?:start|serve|server|production|prod)(?:[:-](?!dev|debug|watch|test|local)\w+)*$/.test(name) ? name : undefined;
}

/** npm passes SIGTERM to its shell. BusyBox has become the program by then; dash, the shell of Debian, dies of it. */
const keepsSignals = ({ program }: Call, base: Base): boolean => program !== 'npm' || /^(?:debian|ubuntu)$/.test(familyOf(base) ?? '');

/** The command of a script in package.json; undefined where that cannot be read, or other scripts run around it. */
function commandOf(script: string, contexts: readonly Context[]): string | undefined {
  const text = contexts.map(({ read }) => read('package.json')).find((each) => each !== undefined);
  try {
    const scripts = (JSON.parse(text ?? '{}') as { scripts?: Record<string, unknown> }).scripts ?? {};
    const command = scripts[script];
    return typeof command === 'string' && !(`pre${script}` in scripts) && !(`post${script}` in scripts) ? command : undefined;
  } catch {
    return undefined;
  }
}

/** Other programs lie in `node_modules/.bin`, where only npm looks. */
const isPlain = (command: string): boolean => /^node [\w./ =:@-]+$/.test(command);

function direct({ at, before, shell }: Start, { span, args }: Call, command: string): Fix | undefined {
  const { args: written } = at.instruction;
  if (
    !isPlain(command) ||
    shell !== undefined ||
    written.form !== 'exec' ||
    args.some(({ text }) => text === '--') ||
    before.some((word) => word.span.start >= written.span.start)
  ) {
    return undefined;
  }
  const list = command.split(/ +/).map((word) => JSON.stringify(word));
  return { title: 'start the program itself', edits: [replace(span, list.join(', '))] };
}
