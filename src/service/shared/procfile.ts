import { certain } from '../../base/index.ts';
import { reader } from '../reader.ts';
import type { Repository } from '../repository.ts';
import { trimmed } from '../text.ts';
import type { SharedFacts } from './shared.ts';
import { startWords } from './start-words.ts';

/** Run by Heroku at other times than the start. */
const NO_PROCESS = new Set(['release', 'postdeploy']);

export const procfile = reader({
  id: 'shared/procfile',
  about: 'The start command of the `web` process; without one, that of the only process.',
  source: 'Heroku Dev Center, “The Procfile”',
  reads: ['Procfile'],
  async read(repository: Repository): Promise<SharedFacts> {
    const file = await repository.text('Procfile');
    if (!file) return {};
    const processes = file.lines().flatMap((line) => {
      const name = /^([\w-]+):/.exec(line.text)?.[1];
      return name === undefined || NO_PROCESS.has(name) ? [] : [{ name, line }];
    });
    const chosen = processes.find((p) => p.name === 'web') ?? (processes.length === 1 ? processes[0] : undefined);
    if (!chosen) return {};
    const { name, line } = chosen;
    const words = startWords(line.text.slice(name.length + 1));
    const shown = file.at(trimmed(file.text, line));
    if (words === undefined)
      return {
        problems: [
          {
            at: file.place(line.from),
            what: `the \`${name}\` process needs a shell (an operator or a substitution), so it was not taken as the start command`,
            hint: 'write one plain command, or set `command` in plimsoll.yaml',
          },
        ],
      };
    return words.length === 0 ? {} : { start: certain(words, shown) };
  },
});
