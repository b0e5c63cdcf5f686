import { rule } from '../types.ts';
import { replace } from '../../dockerfile/index.ts';
import type { Fix } from '../types.ts';
import { passes, reportAt, spanIn, type Run } from './parts/hadolint.ts';
import { plainSpan } from './parts/insert.ts';
import { isCall, operands, type Argument, type Command } from '../shell/index.ts';

export const goPinVersions = rule({
  id: 'go-pin-versions',
  aliases: ['DL3062'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'safe',
  summary: '`go install` and `go run` name versions.',
  why: 'The same Dockerfile builds another program tomorrow.',
  source: 'hadolint, "DL3062"',
  examples: [
    { text: 'FROM golang:1.23\nRUN go install «example.org/tool@latest»\n' },
    { text: 'FROM golang:1.23\nRUN go run «build/ci.go» install\n', fixed: 'FROM golang:1.23\nRUN go run ./build/ci.go install\n' },
    { text: 'FROM golang:1.23\nRUN go install example.org/tool@v1.2.3 && go install ./...\n' },
  ],
  *detect({ reading }) {
    for (const { content: run, at } of passes(reading).flat()) {
      if (run.name !== 'RUN') continue;
      const { commands } = run.arguments.script;
      const ran = commands.flatMap(packageRun);
      const found = (ran.length > 0 ? ran : commands.flatMap(packagesInstalled)).find(({ text }) => !isPinned(text));
      if (found === undefined) continue;
      yield reportAt(at, `\`${found.text}\` has no fixed version: write \`NAME@VERSION\``, spanIn(run, found), ownFile(found, run));
    }
  },
});

/** What `go run` runs. The arguments after it are the program's. */
const packageRun = (command: Command): readonly Argument[] =>
  isCall(command, 'go', 'run')
    ? operands(command)
        .slice(0, 2)
        .filter(({ text }) => text !== 'run')
    : [];

const packagesInstalled = (command: Command): readonly Argument[] =>
  isCall(command, 'go', 'install', 'get') ? operands(command).filter(({ text }) => !['install', 'get', 'tool'].includes(text)) : [];

const isPinned = (name: string): boolean => /^[./]/.test(name) || (name.includes('@') && !/@(?:latest|none)$/.test(name));

/** A file of the build's own is no package: with `./` before it everybody sees that. */
function ownFile(argument: Argument, run: Run): Fix | undefined {
  const span = /^\w[\w/.-]*\.go$/.test(argument.text) ? plainSpan(run, argument, argument.text) : undefined;
  return span && { title: 'write `./` before it', edits: [replace({ start: span.start, end: span.start }, './')] };
}
