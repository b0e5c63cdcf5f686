import { rule } from '../types.ts';
import { reportAt } from './parts/hadolint.ts';
import { failingPipes } from './parts/pipefail-shell.ts';
import { hasArg, hasFlag, type Script } from '../shell/index.ts';

const SHELLS = new Set(['/bin/bash', '/bin/zsh', '/bin/ash', 'bash', 'zsh', 'ash']);

export const pipefail = rule({
  id: 'pipefail',
  aliases: ['DL4006'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'unsafe',
  summary: 'RUN with a pipe fails when any part of the pipe does.',
  why: 'Without `pipefail` only the last command counts: what `curl … | sh` could not fetch goes unnoticed.',
  source: 'hadolint, "DL4006"',
  examples: [
    {
      text: 'FROM debian:12\nRUN «curl -s a | sh»\n',
      fixed: 'FROM debian:12\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN curl -s a | sh\n',
    },
    {
      text: 'FROM alpine:3.20\nRUN «wget -qO- a | sh»\n',
      fixed: 'FROM alpine:3.20\nSHELL ["/bin/ash", "-o", "pipefail", "-c"]\nRUN wget -qO- a | sh\n',
    },
    {
      text: 'FROM example/app\nSHELL ["/bin/bash", "-c"]\nRUN «curl -s a | sh»\n',
      fixed: 'FROM example/app\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN curl -s a | sh\n',
    },
    { text: 'FROM debian:12\nRUN «yes | adduser app»\n' },
    { text: 'FROM debian:12\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN curl -s a | sh\n' },
  ],
  *detect(subject) {
    const { reading } = subject;
    let safe = false;
    for (const at of reading.instructions) {
      if (at.name === 'FROM') safe = false;
      if (at.name === 'SHELL') safe = isSafe(at.arguments.script);
      if (at.name === 'RUN' && !safe && at.arguments.script.hasPipe)
        yield reportAt(at, 'a command that fails before the last `|` goes unnoticed', undefined, failingPipes(subject, at));
    }
  },
});

/** A shell that has the option on, or one that is no POSIX shell at all. */
const isSafe = ({ text, commands }: Script): boolean =>
  /^(?:pwsh|powershell|cmd)/.test(text) ||
  commands.some((command) => SHELLS.has(command.name) && hasFlag(command, 'o') && hasArg(command, 'pipefail'));
