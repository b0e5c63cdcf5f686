import { rule } from '../types.ts';
import { wrongCommands } from './parts/hadolint.ts';
import { insertFirstFlag } from './parts/insert.ts';
import { hasFlag, valuesOf, type Argument, type Command } from '../shell/index.ts';

export const useraddNoLogInit = rule({
  id: 'useradd-no-log-init',
  aliases: ['DL3046'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'unsafe',
  summary: '`useradd` with a high number has the flag `-l`.',
  why: 'It writes to /var/log/lastlog at a place that depends on the number, and the layer grows by gigabytes.',
  source: 'hadolint, "DL3046"',
  examples: [
    { text: 'FROM debian:12\nRUN «useradd -u 123456 app»\n', fixed: 'FROM debian:12\nRUN useradd -l -u 123456 app\n' },
    { text: 'FROM debian:12\nRUN useradd -l -u 123456 app\nRUN useradd -u 1000 app\n' },
  ],
  detect: ({ reading }) =>
    wrongCommands(reading, {
      isWrong: (command) => command.name === 'useradd' && !hasFlag(command, 'l', 'no-log-init') && highNumber(command) !== undefined,
      message: '`useradd` fills /var/log/lastlog up to this number',
      fix: (command, run) => insertFirstFlag(command, run, '-l'),
    }),
});

/** A number of six digits or more. */
const highNumber = (command: Command): Argument | undefined => valuesOf(command, 'u').find(({ text }) => Array.from(text).length > 5);
