import { rule } from '../types.ts';
import { passes, reportAt, spanIn } from './parts/hadolint.ts';
import { isCall, operands, type Argument, type Command } from '../shell/index.ts';

export const goPinVersions = rule({
  id: 'go-pin-versions',
  aliases: ['DL3062'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'none',
  summary: '`go install` and `go run` name versions.',
  why: 'The same Dockerfile builds another program tomorrow.',
  source: 'hadolint, "DL3062"',
  examples: [
    { text: 'FROM golang:1.23\nRUN go install «example.org/tool@latest»\n' },
    { text: 'FROM golang:1.23\nRUN go install example.org/tool@v1.2.3 && go install ./...\n' },
  ],
  *detect({ reading }) {
    for (const { content: run, at } of passes(reading).flat()) {
      if (run.name !== 'RUN') continue;
      const { commands } = run.arguments.script;
      const ran = commands.flatMap(packageRun);
      const found = (ran.length > 0 ? ran : commands.flatMap(packagesInstalled)).find(({ text }) => !isPinned(text));
      if (found !== undefined) yield reportAt(at, `\`${found.text}\` has no fixed version: write \`NAME@VERSION\``, spanIn(run, found));
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
