import { rule } from '../types.ts';
import { mountsCache, passes, reportAt, spanIn, together } from './parts/hadolint.ts';
import { insertFlag } from './parts/insert.ts';
import { isPipInstall } from './parts/pip.ts';
import { StageFact } from './parts/stages.ts';
import { hasArg, hasSequence, type Command } from '../shell/index.ts';

const VARIABLE = 'PIP_NO_CACHE_DIR';
const TRUE = /^(?:1|true|True|TRUE|on|On|ON|yes|Yes|YES)/;

export const pipNoCacheDir = rule({
  id: 'pip-no-cache-dir',
  aliases: ['DL3042'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'unsafe',
  summary: '`pip install` has the flag `--no-cache-dir`.',
  why: 'What pip has fetched and built stays in the layer a second time.',
  source: 'hadolint, "DL3042"',
  examples: [
    { text: 'FROM python:3.12\nRUN «pip install flask==3»\n', fixed: 'FROM python:3.12\nRUN pip install --no-cache-dir flask==3\n' },
    { text: 'FROM python:3.12\nENV PIP_NO_CACHE_DIR=1\nRUN pip install flask==3\n' },
    { text: 'FROM python:3.12\nRUN --mount=type=cache,target=/root/.cache/pip pip install flask==3\n' },
  ],
  *detect({ reading }) {
    for (const items of passes(reading)) {
      const noCache = new StageFact();
      for (const { content: run, at } of items) {
        if (run.name === 'FROM') noCache.enter(run.base);
        if (run.name === 'ENV' && isOn(run.pairs.find(({ name }) => name === VARIABLE)?.value)) noCache.set();
        if (run.name !== 'RUN' || noCache.holds || mountsCache(run, '.cache/pip') || setsInline(run.arguments.script.text)) continue;
        const wrong = run.arguments.script.commands.filter(caches);
        const [command] = wrong;
        if (command === undefined) continue;
        const fix = together(wrong.map((each) => insertFlag(each, run, ({ text }) => text === 'install', '--no-cache-dir')));
        yield reportAt(at, 'pip leaves its cache in the layer', spanIn(run, command), fix);
      }
    }
  },
});

const isOn = (value: string | undefined): boolean => value !== undefined && TRUE.exec(value)?.[0] === value;

/** `PIP_NO_CACHE_DIR=1 pip install …`, wherever it stands in the script. */
function setsInline(text: string): boolean {
  const at = text.indexOf(`${VARIABLE}=`);
  return at !== -1 && TRUE.test(text.slice(at + VARIABLE.length + 1));
}

const caches = (command: Command): boolean =>
  isPipInstall(command) && !hasArg(command, '--no-cache-dir') && !WRAPPERS.some((name) => isWrapper(command, name));

/** They call pip, but not for the image. */
const WRAPPERS = ['pipx', 'pipenv'];
const isWrapper = (command: Command, name: string): boolean =>
  command.name.includes(name) || (command.name.startsWith('python') && hasSequence(command, '-m', name));
