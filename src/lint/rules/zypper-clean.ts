import { rule } from '../types.ts';
import { mountsCache, passes, reportAt, spanIn } from './parts/hadolint.ts';
import { appendCommand } from './parts/layout.ts';
import { isCall, type Command } from '../shell/index.ts';

const installs = (command: Command): boolean => isCall(command, 'zypper', 'install', 'in');
const cleans = (command: Command): boolean => isCall(command, 'zypper', 'clean', 'cc');

export const zypperClean = rule({
  id: 'zypper-clean',
  aliases: ['DL3036'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'unsafe',
  summary: '`zypper clean` follows `zypper install` in the same RUN.',
  why: 'What the manager has fetched stays in the layer.',
  source: 'hadolint, "DL3036"',
  examples: [
    {
      text: 'FROM opensuse/leap:15\nRUN «zypper install -y curl=7»\n',
      fixed: 'FROM opensuse/leap:15\nRUN zypper install -y curl=7 && zypper clean\n',
    },
    { text: 'FROM opensuse/leap:15\nRUN zypper install -y curl=7 && zypper clean\n' },
  ],
  *detect({ file, reading }) {
    for (const { content: run, at } of passes(reading).flat()) {
      if (run.name !== 'RUN' || mountsCache(run, '/var/cache/zypp')) continue;
      const { commands } = run.arguments.script;
      const install = commands.findIndex(installs);
      const clean = commands.findIndex(cleans);
      if (install === -1 || clean > install) continue;
      const fix = appendCommand(file, at, run, 'zypper clean');
      yield reportAt(at, 'nothing cleans up after `zypper install`', spanIn(run, commands[install] as Command), fix);
    }
  },
});
