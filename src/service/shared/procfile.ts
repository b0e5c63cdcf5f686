import { certain, splitWords } from '../../base/index.ts';
import { reader } from '../reader.ts';
import type { Repository } from '../repository.ts';
import { trimmed } from '../text.ts';
import type { SharedFacts } from './shared.ts';

export const procfile = reader({
  id: 'shared/procfile',
  about: 'The start command of the `web` process.',
  source: 'Heroku Dev Center, “The Procfile”',
  reads: ['Procfile'],
  async read(repository: Repository): Promise<SharedFacts> {
    const file = await repository.text('Procfile');
    const line = file?.lines().find((l) => l.text.startsWith('web:'));
    if (!file || !line) return {};
    const words = splitWords(line.text.slice('web:'.length));
    const shown = file.at(trimmed(file.text, line));
    if (words === undefined)
      return {
        problems: [
          {
            at: file.place(line.from),
            what: 'the `web` process needs a shell (an operator or a substitution), so it was not taken as the start command',
            hint: 'write one plain command, or set `command` in plimsoll.yaml',
          },
        ],
      };
    const command = withoutPrefixes(words);
    return command.length === 0 ? {} : { start: certain(command, shown) };
  },
});

/** `exec cmd` and `A=b cmd`: what a shell would do before it starts the command. */
function withoutPrefixes(words: readonly string[]): readonly string[] {
  const first = words.findIndex((w) => w !== 'exec' && w !== 'env' && !/^[A-Za-z_]\w*=/.test(w));
  return first < 0 ? [] : words.slice(first);
}
