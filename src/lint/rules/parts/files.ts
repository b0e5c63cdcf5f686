import { cleanPath, wordsOf } from '../../../dockerfile/index.ts';
import { flagValue, isCall, operands, type Call } from '../../script/index.ts';
import { isArchive } from './archives.ts';
import type { StageStep } from '../../stages/index.ts';

/** A path that a step puts into the image, absolute. */
export interface Placed {
  readonly path: string;
  /** It is a folder of which only the copied part is new. */
  readonly isFolder: boolean;
}

/** An absolute path as a step means it; undefined where a variable, a glob or an unknown WORKDIR hides it. */
export function absolute({ expanded, workdir }: StageStep, text: string): string | undefined {
  const path = expanded(text);
  if (/[$*?[{`\\]/.test(path) || path === '') return undefined;
  if (path.startsWith('/')) return cleanPath(path);
  return workdir === undefined || path.startsWith('~') ? undefined : cleanPath(`${workdir}/${path}`);
}

/**
 * Where COPY and ADD put their sources: each file by its own path where its name says that it is one, else the folder
 * (Dockerfile reference, "COPY": a destination that ends with a slash, or has several sources, is a folder).
 */
export function placedBy(step: StageStep): readonly Placed[] {
  const words = wordsOf(step.instruction.args);
  const to = words.at(-1);
  const target = to === undefined ? undefined : absolute(step, to);
  if (to === undefined || target === undefined || !/^(?:COPY|ADD)$/.test(step.instruction.name)) return [];
  const sources = words.slice(0, -1);
  const intoFolder = to.endsWith('/') || /^\.\.?$/.test(to) || sources.length > 1 || target === step.workdir;
  return sources.map((source) => {
    const name =
      step
        .expanded(source)
        .replace(/[?#].*$/, '')
        .split('/')
        .at(-1) ?? '';
    // ADD unpacks local archives.
    const isUnpacked = step.instruction.name === 'ADD' && isArchive(source) && !source.includes('://');
    if (isUnpacked || !/^[\w@+-][\w@+.-]*\.\w+$/.test(name)) return { path: target, isFolder: true };
    return { path: intoFolder ? cleanPath(`${target}/${name}`) : target, isFolder: false };
  });
}

/** Files that a RUN fetches, by absolute path: `curl -o`, `wget -O`, `git clone … FOLDER`, `> FILE` behind curl. */
export function fetchedBy(step: StageStep): readonly string[] {
  return step.script.calls
    .filter(({ inner }) => !inner)
    .map(fetchedTo)
    .map((text) => (text === undefined ? undefined : absolute(step, text)))
    .filter((path) => path !== undefined && path !== '/dev/null')
    .map(String);
}

function fetchedTo(call: Call): string | undefined {
  switch (call.program) {
    case 'curl': {
      const out = flagValue(call, 'o', 'output')?.text ?? call.redirections.find(({ operator }) => operator === '>')?.target.text;
      return out ?? (call.args.some(({ text }) => /^-[a-zA-Z]*O$|^--remote-name$/.test(text)) ? lastName(call) : undefined);
    }
    case 'wget':
      return (
        flagValue(call, 'O', 'output-document')?.text ??
        (call.args.some(({ text }) => /^-[a-zA-Z]*[OP]|^--directory-prefix/.test(text)) ? undefined : lastName(call))
      );
    case 'git':
      return isCall(call, 'git', 'clone') ? operands(call, 'b', 'branch', 'depth', 'c', 'o')[2]?.text : undefined;
    default:
      return undefined;
  }
}

/** The last part of the address that is fetched. */
const lastName = (call: Call): string | undefined =>
  call.args
    .findLast(({ text }) => /^(?:https?|ftp):\/\//.test(text))
    ?.text.replace(/[?#].*$/, '')
    .split('/')
    .at(-1);

/** Whether a path is another one or lies below it. */
export const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
