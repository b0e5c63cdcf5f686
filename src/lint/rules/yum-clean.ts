import { rule } from '../types.ts';
import { passes, reportAt, spanIn } from './parts/hadolint.ts';
import { appendCommand } from './parts/layout.ts';
import { isCall, type Command } from '../shell/index.ts';

const installs = (command: Command): boolean => isCall(command, 'yum', 'install');
const cleans = (command: Command): boolean => isCall(command, 'yum', 'clean', 'all') || isCall(command, 'rm', '-rf', '/var/cache/yum/*');

export const yumClean = rule({
  id: 'yum-clean',
  aliases: ['DL3032'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'unsafe',
  summary: '`yum clean all` follows `yum install` in the same RUN.',
  why: 'What the manager has fetched stays in the layer.',
  source: 'hadolint, "DL3032"',
  examples: [
    {
      text: 'FROM rockylinux:9\nRUN «yum install -y curl-7»\n',
      fixed: 'FROM rockylinux:9\nRUN yum install -y curl-7 && yum clean all\n',
    },
    { text: 'FROM rockylinux:9\nRUN yum install -y curl-7 && yum clean all\n' },
  ],
  *detect({ file, reading }) {
    for (const { content: run, at } of passes(reading).flat()) {
      if (run.name !== 'RUN') continue;
      const { commands } = run.arguments.script;
      const install = commands.findIndex(installs);
      const clean = commands.findIndex(cleans);
      if (install === -1 || clean > install) continue;
      const fix = appendCommand(file, at, run, 'yum clean all');
      yield reportAt(at, 'nothing cleans up after `yum install`', spanIn(run, commands[install] as Command), fix);
    }
  },
});
