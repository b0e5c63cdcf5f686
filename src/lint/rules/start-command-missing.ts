import { rule, type Context } from '../types.ts';
import { operands, type ShellWord } from '../script/index.ts';
import { allSteps, startCommand } from '../stages/index.ts';
import { contextOf } from './parts/context.ts';
import { absolute } from './parts/files.ts';
import { presenceOf } from './parts/placed.ts';
import { reportOn } from './parts/report.ts';

/** Programs that are given a file to run, and their flags that take a value. */
const INTERPRETERS: Readonly<Record<string, readonly string[]>> = {
  python: ['W', 'X'],
  python3: ['W', 'X'],
  node: ['r', 'require', 'import', 'loader'],
  ruby: ['I', 'r'],
  perl: ['I'],
  php: ['d', 'c'],
  bash: ['o'],
  sh: ['o'],
};
/** With these nothing on the line is a file to run. */
const NO_FILE = /^-(?:m|c|e|p|S|r|-eval|-print|-test|-run)$/;
/** Images that hold a language and no files of anybody's service. */
const EMPTY_BASES =
  /^(?:scratch|gcr\.io\/distroless\/.+|python|node|ruby|golang|php|debian|ubuntu|alpine|busybox|amazonlinux|public\.ecr\.aws\/amazonlinux\/amazonlinux)$/;
/** Folders that those images fill themselves. */
const FILLED = /^\/(?:usr\/(?!src\/)|bin\/|sbin\/|lib\/|opt\/|etc\/|busybox\/|nodejs\/|docker-)/;

export const startCommandMissing = rule({
  id: 'start-command-missing',
  aliases: [],
  presets: ['recommended'],
  // In tests and examples it is often mounted.
  shippedOnly: true,
  severity: 'error',
  fixes: 'none',
  summary: 'The file that the image starts is in the image.',
  why: 'The build goes through, and the container ends as soon as it is started.',
  source: 'Dockerfile reference, "CMD" and "COPY"',
  examples: [
    { text: 'FROM node:22\nWORKDIR /srv\nCOPY . .\nCMD ["node", «"server.js"»]\n', files: { 'package.json': '{}', 'src/server.js': '' } },
    { text: 'FROM scratch\nCOPY --from=build /out/app /app\nENTRYPOINT [«"/server"»]\n' },
    {
      text: 'FROM python:3.12\nWORKDIR /srv\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY app /srv/app/\nCMD python «main.py»\n',
      files: { 'requirements.txt': '', 'main.py': '', 'app/__init__.py': '' },
    },
    { text: 'FROM node:22\nWORKDIR /srv\nCOPY . .\nCMD ["node", "src/server.js"]\n', files: { 'package.json': '{}', 'src/server.js': '' } },
    {
      text: 'FROM node:22\nWORKDIR /srv\nCOPY . .\nRUN npm run build\nCMD ["node", "dist/server.js"]\n',
      files: { 'package.json': '{}', 'src/server.js': '' },
    },
    { text: 'FROM node:22\nWORKDIR /srv\nCOPY src/ ./\nCMD ["node", "server.js"]\n', files: { 'package.json': '{}', 'src/server.js': '' } },
    { text: 'FROM scratch\nCOPY --from=build /out /\nENTRYPOINT ["/server"]\n' },
    { text: 'FROM example.org/base:1\nCMD ["/server"]\n' },
    { text: 'FROM python:3.12\nCMD ["python", "-m", "http.server"]\n', files: { 'a.py': '' } },
  ],
  *detect(subject) {
    const stage = subject.stages.at(-1);
    const start = stage === undefined ? undefined : startCommand(stage);
    if (stage === undefined || start === undefined || !EMPTY_BASES.test(stage.base.name) || /onbuild/.test(stage.base.tag ?? '')) return;
    const file = startedFile(start.step.script.calls[0], start.cmd?.script.calls[0]);
    const last = allSteps(stage).at(-1);
    const path = file === undefined || last === undefined ? undefined : absolute(last, file.text);
    if (file === undefined || path === undefined || FILLED.test(path)) return;
    const context = contextOf(subject);
    if (presenceOf(path, stage, context) !== 'missing' || isAnywhere(path, subject.contexts, context)) return;
    yield reportOn(start.step.instruction, file.span, `nothing brings \`${path}\` into the image`);
  },
});

type StartCall = { readonly program: string; readonly word: ShellWord; readonly args: readonly ShellWord[] } | undefined;

/** The file that is run: the program by its path, or what an interpreter is given. */
function startedFile(call: StartCall, cmd: StartCall): ShellWord | undefined {
  if (call === undefined || call.word.text.includes('$')) return undefined;
  if (call.word.text.includes('/')) return call.word.text.startsWith('/') || call.word.text.startsWith('./') ? call.word : undefined;
  const valued = Object.hasOwn(INTERPRETERS, call.program) ? INTERPRETERS[call.program] : undefined;
  if (valued === undefined) return undefined;
  const args = [...call.args, ...(cmd === undefined ? [] : [cmd.word, ...cmd.args])];
  if (args.some(({ text }) => NO_FILE.test(text))) return undefined;
  const [file] = operands({ args }, ...valued);
  return file !== undefined && /\.(?:py|js|mjs|cjs|rb|pl|php|sh)$/.test(file.text) && !file.text.includes('$') ? file : undefined;
}

/** What lies in a folder that is not taken for the context may be mounted, or that folder is the context after all. */
const isAnywhere = (path: string, contexts: readonly Context[], context: Context | undefined): boolean =>
  contexts.some((other) => other !== context && other.kindOf(path.slice(1)) !== undefined);
