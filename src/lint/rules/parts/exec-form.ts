import { replace, type Instruction } from '../../../dockerfile/index.ts';
import type { Fix } from '../../types.ts';
import { chainOf, isSelfContained } from './chain.ts';

/** The JSON list that starts the same program with no shell between; undefined where a shell has to stay. */
export function execForm({ name, args }: Instruction, shellSet = false): Fix | undefined {
  const command = args.form === 'health' ? args.command : args;
  if (command.form !== 'text') return undefined;
  // Whatever HEALTHCHECK's command fails with, Docker takes for unhealthy.
  const text = name === 'HEALTHCHECK' ? command.word.text.replace(/\s*\|\|\s*exit\s+1\s*$/, '') : command.word.text;
  const words = singleQuoted(text) ?? plainWords(text.replace(/^exec\s+/, '')) ?? (shellSet ? undefined : throughShell(text));
  if (words === undefined) return undefined;
  const list = `[${words.map((word) => JSON.stringify(word)).join(', ')}]`;
  return { title: 'write it as a JSON list', edits: [replace(command.word.span, list)] };
}

/** A part of a word that stands for itself: a bare character, or what is between quotes. One at a time, or matching takes for ever. */
const PART = /[^\s$`\\"'*?[\]{}~|&;<>()#!]|"[^"$`\\]*"|'[^']*'/.source;
const WORD = new RegExp(`(?:${PART})+`, 'g');
const WORDS = new RegExp(`^(?:${PART})+(?:\\s+(?:${PART})+)*$`);

/** The words of a command that needs no shell. */
function plainWords(text: string): readonly string[] | undefined {
  if (!WORDS.test(text)) return undefined;
  const words = (text.match(WORD) ?? []).map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'));
  const [program = ''] = words;
  return program === '' || program.includes('=') || BUILTINS.has(program) ? undefined : words;
}

/** `['a', 'b']`: a list that was meant, and to a shell is a command of that name. */
const singleQuoted = (text: string): readonly string[] | undefined =>
  /^\[\s*'[^'"\\]*'(?:\s*,\s*'[^'"\\]*')*\s*\]$/.test(text) ? [...text.matchAll(/'([^']*)'/g)].map(([, word = '']) => word) : undefined;

/** A shell puts in the variables and then makes room for the program, which so gets all signals. */
function throughShell(text: string): readonly string[] | undefined {
  const script = /["'`]/.test(text) ? text : text.replaceAll(/\s+/g, ' ');
  const before = /^[^'"`()]*;/.exec(script)?.[0].length ?? 0;
  const chained = chainOf(script.slice(before))?.at(-1);
  const last = chained && { ...chained, start: chained.start + before };
  if (last === undefined || !/^[\w./$]/.test(script) || /[|=]/.test(last.text.split(/\s/, 1)[0] ?? '') || last.text.includes('|'))
    return undefined;
  if (/^exec\s/.test(last.text)) return ['/bin/sh', '-c', script];
  if (!isSelfContained(last.text) || BUILTINS.has(last.text.split(/\s/, 1)[0] ?? '')) return undefined;
  return ['/bin/sh', '-c', `${script.slice(0, last.start)}exec ${script.slice(last.start)}`];
}

/** Commands that exist only inside a shell. */
const BUILTINS = new Set('. : alias cd command eval exec exit export read set shift source trap type ulimit umask unset wait'.split(' '));
