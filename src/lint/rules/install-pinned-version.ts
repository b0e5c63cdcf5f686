import { hasFlag, type Call, type ShellWord } from '../script/index.ts';
import type { Stage } from '../stages/index.ts';
import { rule } from '../types.ts';
import { OF_PIP } from './parts/pip.ts';
import { reportOn } from './parts/report.ts';
import { allRuns } from './parts/runs.ts';
import { toolCall, type ToolCall } from './parts/tools.ts';

export const installPinnedVersion = rule({
  id: 'install-pinned-version',
  aliases: [],
  answeredBy: ['DL3013', 'DL3016', 'DL3028', 'DL3062'],
  presets: ['recommended'],
  shippedOnly: true,
  severity: 'warning',
  fixes: 'none',
  summary: 'Packages that a RUN names from a language’s registry have a version.',
  why: 'Today’s newest version comes into the image, and another one tomorrow: a build that worked breaks, or behaves differently, without a change.',
  source: 'pip, "Repeatable Installs"; npm-install(1); Go Modules Reference, "go install"; cargo-install(1); gem-install(1)',
  examples: [
    { text: 'FROM python:3.12\nRUN pip install -r requirements.txt && pip install «gunicorn»\n' },
    { text: 'FROM python:3.12\nRUN pip install «flask»>=3\n' },
    { text: 'FROM node:22\nRUN npm install -g «pm2»\n' },
    { text: 'FROM node:22\nRUN npm i -g «pnpm@latest»\n' },
    { text: 'FROM golang:1.23\nRUN go install «github.com/swaggo/swag/cmd/swag@latest»\n' },
    { text: 'FROM ruby:3.3\nRUN gem install «rails»\n' },
    { text: 'FROM rust:1.80\nRUN cargo install --locked «diesel_cli»\n' },
    { text: 'FROM python:3.12\nRUN pip install --upgrade pip setuptools wheel\n' },
    { text: 'FROM python:3.12\nRUN pip install gunicorn==23.0.0 "flask>=3,<4" ./dist/app.whl .\n' },
    { text: 'FROM python:3.12\nRUN pip install -c constraints.txt gunicorn\n' },
    { text: 'FROM python:3.12\nARG PACKAGE\nRUN pip install $PACKAGE git+https://example.com/a.git@v1\n' },
    { text: 'FROM node:22\nRUN npm install -g pm2@5 @angular/cli@18 ./local.tgz\n' },
    { text: 'FROM python:3.12\nRUN pip install uv && uv sync --frozen\n' },
    { text: 'FROM node:22\nRUN npm install -g yarn\n' },
    { text: 'FROM python:3.12\n# hadolint ignore=DL3013\nRUN pip install gunicorn\n' },
    { text: 'FROM rust:1.80\nRUN cargo install --version 2.2.4 diesel_cli && cargo install --path .\n' },
    { text: 'FROM golang:1.23\nRUN go install ./cmd/app golang.org/x/tools/cmd/stringer@v0.24.0\n' },
    { text: 'FROM debian:12\nRUN apt-get install -y curl\n' },
    { text: 'FROM python:3.12 AS licences\nRUN pip install pyyaml && python pull.py\nFROM python:3.12\nCOPY --from=licences /out /out\n' },
    { text: 'FROM debian:10\nRUN pip install pyparsing\nRUN python2 setup.py install\n' },
  ],
  mentions: /\b(?:install|i|get)\b/,
  *detect(subject) {
    for (const { stage, step } of allRuns(subject)) {
      if (!stage.isNeeded || hasOldPython(stage)) continue;
      const calls = step.script.calls.filter((call) => stage.isInImage || toolCall(call).tool !== 'pip');
      const found = calls.flatMap((call) => unpinnedOf(toolCall(call)).map((word) => ({ word, call })));
      const [first] = found;
      if (first === undefined) continue;
      const more = found.length > NAMED ? ` and ${found.length - NAMED} more` : '';
      const names = `${found
        .slice(0, NAMED)
        .map(({ word }) => `\`${word.text}\``)
        .join(', ')}${more}`;
      const says = isRedirected(first.call)
        ? `the shell takes what follows \`${first.word.text}\` for a file to write to: put quotes around both`
        : `${names} ${found.length === 1 ? 'has' : 'have'} no version: each build takes the newest`;
      yield reportOn(step.instruction, first.word.span, says);
    }
  },
});

/** As many packages are named in a message. */
const NAMED = 3;

/** Python 2, for which nothing new is released any more. */
const hasOldPython = ({ steps }: Stage): boolean =>
  steps.some(({ script }) => script.calls.some(({ program }) => /^python2(?:\.7)?$/.test(program)));

/** Packages without a version. */
function unpinnedOf(tool: ToolCall): readonly ShellWord[] {
  const { call, given } = tool;
  const named = given.filter(
    ({ text, expands }) => !expands && !/[/\\]$|\.(?:whl|tgz|gz|zip|gem)\b|^[.~/]|:\/\/|^git[+@]|^file:/.test(text),
  );
  switch (`${tool.tool} ${tool.subcommand}`) {
    case 'pip install':
      return hasFlag(call, 'c', 'constraint', 'no-index')
        ? []
        : named.filter(({ text }) => /^[\w.-]+(?:\[[\w,.-]+\])?$/.test(text) && !INSTALLERS.has(text));
    case 'npm install':
    case 'npm i':
      return hasFlag(call, 'g', 'global')
        ? named.filter(({ text }) => /^(?:@[\w.-]+\/)?[\w.-]+(?:@latest)?$/.test(text) && !FROZEN.has(text))
        : [];
    case 'go install':
    case 'go get':
      return named.filter(({ text }) => text.endsWith('@latest'));
    case 'gem install':
      return hasFlag(call, 'v', 'version') ? [] : named.filter(({ text }) => /^[\w-]+$/.test(text));
    case 'cargo install':
      return hasFlag(call, 'version', 'vers', 'git', 'path') ? [] : named.filter(({ text }) => /^[\w-]+$/.test(text));
    default:
      return [];
  }
}

/** What they install others tell, and a lock file if there is one. */
const INSTALLERS: ReadonlySet<string> = new Set([...OF_PIP, 'uv']);

/** What npm has of Yarn is Yarn 1, of which nothing but fixes is published (Yarn, "Installation"). */
const FROZEN = new Set(['yarn']);

/** `pip install flask>=3` writes a file that is named `=3`. */
const isRedirected = ({ redirections }: Call): boolean => redirections.some(({ target }) => target.text.startsWith('='));
