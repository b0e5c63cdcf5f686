import type { LogLine } from '../../run/index.ts';
import { isFrame } from './log.ts';

/** Severities and other words in capitals that no variable is called. */
const WORDS =
  /^(ERROR|CRITICAL|FATAL|WARNING|WARN|INFO|DEBUG|NOTICE|TRACE|PANIC|HTTP|HTTPS|URL|JSON|YAML|UTC|API|ENV|README|TODO|NULL|NONE|TRUE|FALSE)$/;
/** Said of what should be set and is not. */
const DEMAND = /\b(not|missing|required?|requires|must|unset|undefined|set|define|needs?|expects?|environment|variables?|env)\b/i;

/**
 * The environment variables that the log of a start that failed names as missing, in the order in which they stand there:
 * `KeyError: 'NAME'`, `NAME is not set`, `set the NAME environment variable`, `NAME not found`, and the fields that
 * pydantic-settings asks for, which it reads in any case. Guesses: a start with them set is what confirms them.
 */
export function unsetVariables(logs: readonly LogLine[]): readonly string[] {
  const lines = logs.map(({ text }) => text);
  const names = lines.flatMap((text, i) => [...(isFrame(text) ? [] : namesIn(text)), ...fieldOf(text, lines[i + 1])]);
  return [...new Set(names)];
}

function namesIn(text: string): readonly string[] {
  const key = /\bKeyError: ['"]([A-Za-z_]\w*)['"]\s*$/.exec(text)?.[1];
  if (key !== undefined) return key === key.toUpperCase() ? [key] : [];
  if (!DEMAND.test(text)) return [];
  return [...text.matchAll(/(?<![\w./$-])[A-Z][A-Z0-9_]{2,}(?![\w/-]|\.\w|\()/g)]
    .map(([name]) => name)
    .filter((name) => !WORDS.test(name) && (name.includes('_') || isSubject(text, name)));
}

/** A word without an underscore counts where the sentence is about it: quoted, or followed by what is said of it. */
const isSubject = (text: string, name: string): boolean =>
  new RegExp(String.raw`['"\`]${name}['"\`]|\b${name} (is|was|must|not|has to|environment)\b|\b(missing|set|variables?:?) ${name}\b`).test(
    text,
  );

/** `site_name` above `Field required [type=missing, …]`: pydantic's report of an error. */
const fieldOf = (text: string, next = ''): readonly string[] =>
  /^[a-z_]\w*$/i.test(text) && /^\s+Field required \[type=missing/.test(next) ? [text.toUpperCase()] : [];
