import { rule } from '../types.ts';
import { unpinned } from './parts/packages.ts';
import { hasArg, isCall, type Argument, type Command } from '../shell/index.ts';

export const gemPinVersions = rule({
  id: 'gem-pin-versions',
  aliases: ['DL3028'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'none',
  summary: '`gem install` names versions.',
  why: 'The same Dockerfile installs other gems tomorrow.',
  source: 'hadolint, "DL3028"',
  examples: [
    { text: 'FROM ruby:3.3\nRUN gem install «bundler»\n' },
    { text: 'FROM ruby:3.3\nRUN gem install bundler:2.5.0 && gem install rake -v 13.0\n' },
  ],
  detect: ({ reading }) => unpinned(reading, gems, (name) => name.includes(':'), 'write `NAME:VERSION`'),
});

/** What is neither an option nor the word after one, which hadolint takes for its value. */
function gems(command: Command): readonly Argument[] {
  if (!isCall(command, 'gem', 'install', 'i') || hasArg(command, '-v', '--version')) return [];
  if (command.args.some(({ text }) => text.startsWith('--version='))) return [];
  const found: Argument[] = [];
  for (let i = 0; i < command.args.length; i += 1) {
    const argument = command.args[i];
    if (argument === undefined || argument.text === '--') break;
    if (argument.text.startsWith('-')) i += 1;
    else if (argument.text !== 'install' && argument.text !== 'i') found.push(argument);
    // An option whose value would be `--` ends the list too.
    if (command.args[i]?.text === '--') break;
  }
  return found;
}
