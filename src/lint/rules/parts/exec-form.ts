import { replace, type Instruction } from '../../../dockerfile/index.ts';
import type { Fix } from '../../types.ts';

/** What a shell would have to do: expand, join, redirect, or keep quotes and escapes together. */
const NEEDS_SHELL = /[$`\\"'*?[\]{}~|&;<>()#!\n=]/;

/** The JSON list that means the same without a shell; undefined where a shell is really needed. */
export function execForm({ args }: Instruction): Fix | undefined {
  if (args.form !== 'text') return undefined;
  const words = args.word.text.replace(/^exec\s+/, '').split(/[ \t]+/);
  if (words.some((word) => word === '') || NEEDS_SHELL.test(words.join(' ')) || BUILTINS.has(words[0] ?? '')) return undefined;
  const list = `[${words.map((word) => JSON.stringify(word)).join(', ')}]`;
  return { title: 'write it as a JSON list', edits: [replace(args.word.span, list)] };
}

/** Commands that exist only inside a shell. */
const BUILTINS = new Set('. : cd export set source trap ulimit umask eval exec'.split(' '));
