import { rule } from '../types.ts';
import { wrongCommands } from './parts/hadolint.ts';

/** hadolint's list. */
const USELESS = new Set('free kill mount ps service shutdown ssh top vim'.split(' '));

export const runInteractiveTool = rule({
  id: 'run-interactive-tool',
  aliases: ['DL3001'],
  presets: ['hadolint'],
  severity: 'info',
  fixes: 'none',
  summary: 'RUN calls no tool that is of no use in a build.',
  why: 'Services, mounts and processes of one step are gone in the next, and nobody sits at a terminal.',
  source: 'hadolint, "DL3001"',
  examples: [{ text: 'FROM alpine:3.20\nRUN «service cron start»\n' }, { text: 'FROM alpine:3.20\nRUN echo service\n' }],
  detect: ({ reading }) =>
    wrongCommands(reading, {
      isWrong: ({ name }) => USELESS.has(name),
      message: ({ name }) => `\`${name}\` has no lasting effect in a build`,
    }),
});
