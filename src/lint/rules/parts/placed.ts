import { cleanPath, heredocOnly, wordsOf } from '../../../dockerfile/index.ts';
import { operands } from '../../script/index.ts';
import { allSteps, type Stage, type StageStep } from '../../stages/index.ts';
import type { Context } from '../../types.ts';
import { ignoredIn } from './context.ts';
import { absolute } from './files.ts';

/** Whether a file is in an image: `unknown` where a program that nobody knows may have made it. */
export type Presence = 'there' | 'missing' | 'unknown';

/** Programs of RUN that make no file which a start command could name. */
const MAKES_NOTHING = new Set(
  'apt-get apt apk yum dnf microdnf pip pip3 npm yarn pnpm bundle gem mkdir chown chmod useradd adduser groupadd addgroup usermod rm set echo true'.split(
    ' ',
  ),
);
/** npm and its like run scripts of the project too. */
const INSTALLS = new Set(['install', 'ci', 'i', 'add', 'update', 'cache', 'config']);

/** Whether `path`, which is absolute, is in the image of a stage that starts with nothing at that place. */
export function presenceOf(path: string, stage: Stage, context: Context | undefined): Presence {
  let found: Presence = 'missing';
  for (const step of allSteps(stage)) {
    const { instruction, script } = step;
    const brought =
      instruction.name === 'COPY' || instruction.name === 'ADD'
        ? broughtBy(step, path, context)
        : instruction.name === 'RUN' && script.calls.some((call) => !makesNothing(call.program, operands(call)[0]?.text))
          ? 'unknown'
          : instruction.name === 'RUN' && script.calls.length === 0
            ? 'unknown'
            : 'missing';
    if (brought === 'there') return 'there';
    if (brought === 'unknown') found = 'unknown';
  }
  return found;
}

const makesNothing = (program: string, word: string | undefined): boolean =>
  MAKES_NOTHING.has(program) && (!['npm', 'yarn', 'pnpm'].includes(program) || word === undefined || INSTALLS.has(word));

function broughtBy(step: StageStep, path: string, context: Context | undefined): Presence {
  const { instruction } = step;
  const words = wordsOf(instruction.args);
  const target = absolute(step, words.at(-1) ?? '');
  if (target === undefined) return 'unknown';
  const isLocal = instruction.name === 'COPY' && !instruction.flags.some(({ name }) => name === 'from');
  const kinds = words.slice(0, -1).map((source) => {
    if (heredocOnly(source)) return path === target ? 'there' : 'missing';
    const below = relativeTo(target, path);
    if (below === undefined) return 'missing';
    return isLocal && context !== undefined && !/[*?[$]/.test(source)
      ? inContext(context, cleanPath(source.replace(/^\/+/, '')), below)
      : 'unknown';
  });
  return kinds.includes('there') ? 'there' : kinds.includes('unknown') ? 'unknown' : 'missing';
}

/** The part of a path below a folder: empty for the folder itself, undefined for what is elsewhere. */
function relativeTo(folder: string, path: string): string | undefined {
  if (path === folder) return '';
  const prefix = folder === '/' ? '/' : `${folder}/`;
  return path.startsWith(prefix) ? path.slice(prefix.length) : undefined;
}

/** A source that is a file may land at the target or, where that is a folder, below it. */
function inContext(context: Context, source: string, below: string): Presence {
  const ignored = ignoredIn(context);
  const kind = source === '.' ? 'folder' : context.kindOf(source);
  if (kind === undefined) return 'unknown';
  if (kind === 'file') return below === '' || below === source.slice(source.lastIndexOf('/') + 1) ? 'there' : 'missing';
  const wanted = cleanPath(`${source}/${below}`);
  return context.kindOf(wanted) !== undefined && !ignored(wanted) ? 'there' : 'missing';
}
