import { rule } from '../types.ts';
import { mountsCache, passes, reportAt, spanIn } from './parts/hadolint.ts';
import { appendCommand } from './parts/layout.ts';
import { isCall, type Command } from '../shell/index.ts';

const INSTALLS = ['install', 'in', 'upgrade', 'up', 'upgrade-minimal', 'up-min', 'reinstall', 'rei'];

export const dnfClean = rule({
  id: 'dnf-clean',
  aliases: ['DL3040'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'unsafe',
  summary: '`dnf clean all` follows `dnf install` in the same RUN.',
  why: 'What dnf has fetched stays in the layer.',
  source: 'hadolint, "DL3040"',
  examples: [
    {
      text: 'FROM fedora:40\nRUN «dnf install -y curl-7»\n',
      fixed: 'FROM fedora:40\nRUN dnf install -y curl-7 && dnf clean all\n',
    },
    { text: 'FROM fedora:40\nRUN dnf install -y curl-7 && dnf clean all\n' },
  ],
  *detect({ file, reading }) {
    for (const { content: run, at } of passes(reading).flat()) {
      if (run.name !== 'RUN' || mountsCache(run, '/var/cache/libdnf5') || mountsCache(run, '.cache/libdnf5')) continue;
      const left = ['dnf', 'microdnf'].map((name) => leftBy(name, run.arguments.script.commands)).find((command) => command !== undefined);
      if (left === undefined) continue;
      const fix = appendCommand(file, at, run, `${left.name} clean all`);
      yield reportAt(at, `nothing cleans up after \`${left.name}\``, spanIn(run, left), fix);
    }
  },
});

/** The first installation that nothing cleans up after. */
function leftBy(name: string, commands: readonly Command[]): Command | undefined {
  const install = commands.findIndex((command) => isCall(command, name, ...INSTALLS));
  const clean = commands.findIndex(
    (command) => isCall(command, name, 'clean', 'all') || isCall(command, 'rm', '-rf', '/var/cache/libdnf5*'),
  );
  return install !== -1 && clean <= install ? commands[install] : undefined;
}
