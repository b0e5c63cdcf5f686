import { isSecretName } from '../../base/index.ts';
import type { ContractVariable } from '../../plan/index.ts';
import type { GivenValue } from '../types.ts';

/** Replaces what no report may show. */
export type Redact = (text: string) => string;

/** Shorter ones are replaced only where they stand by themselves: `1` is also in `HTTP/1.1`. */
const ANYWHERE = 6;
/** Lines of a key in several lines are looked for one by one; shorter ones say nothing. */
const LINE = 8;

/**
 * What takes the values of secret variables, and passwords in addresses, out of a text and puts `[NAME]` there. Dummies
 * and companions' values are none: Plimsoll made them up.
 */
export function redactor(values: readonly GivenValue[], variables: readonly ContractVariable[]): Redact {
  const isSecret = (name: string): boolean => isSecretName(name) || variables.some((it) => it.name === name && it.secret);
  const names = new Map<string, string>();
  for (const { name, value, from } of values) {
    if (from === 'dummy' || from === 'companion') continue;
    const password = /^[a-z][\w+.-]*:\/\/[^\s:/@]*:([^\s@/]+)@/i.exec(value)?.[1];
    for (const secret of [...(isSecret(name) ? [value] : []), ...(password === undefined ? [] : [password])])
      for (const form of formsOf(secret)) if (!names.has(form)) names.set(form, name);
  }
  if (names.size === 0) return (text) => text;
  const longestFirst = [...names.keys()].toSorted((a, b) => b.length - a.length).map(patternOf);
  const pattern = new RegExp(longestFirst.join('|'), 'gu');
  return (text) => text.replaceAll(pattern, (found) => `[${names.get(found) ?? ''}]`);
}

/** As it is, and as JSON, a URL and Python's `repr` write it. */
function formsOf(secret: string): readonly string[] {
  const lines = secret.split(/\r?\n/);
  const whole = secret.trim();
  const written = JSON.stringify(whole).slice(1, -1);
  const forms = [secret, whole, written, encoded(whole), ...(lines.length > 1 ? lines.filter((line) => line.trim().length >= LINE) : [])];
  return [...new Set(forms.map((form) => form.trim()).filter((form) => form !== ''))];
}

/** A lone half of a surrogate pair has no such form. */
function encoded(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return text;
  }
}

function patternOf(text: string): string {
  const literal = text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
  return text.length < ANYWHERE ? String.raw`(?<![\p{L}\p{N}.])${literal}(?![\p{L}\p{N}]|\.\p{N})` : literal;
}

/** Names of our own, which no text of a service gets into. */
const OURS = new Set(['outcome', 'from', 'unit', 'what', 'stream', 'purpose']);

/** The same value with each text in it redacted. */
export function redactAll<T>(value: T, redact: Redact): T {
  const walk = (it: unknown): unknown => {
    if (typeof it === 'string') return redact(it);
    if (Array.isArray(it)) return it.map(walk);
    if (typeof it !== 'object' || it === null) return it;
    return Object.fromEntries(Object.entries(it).map(([key, each]) => [key, OURS.has(key) ? each : walk(each)]));
  };
  return walk(value) as T;
}
