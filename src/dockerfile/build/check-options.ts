import { directiveReader } from '../directives.ts';
import type { Dockerfile } from '../syntax.ts';
import { skipSpace } from '../text.ts';
import { parseBoolean } from './go-values.ts';

/** What `# check=skip=…;error=true;experimental=…` asks for. */
export interface CheckOptions {
  readonly skip: ReadonlySet<string> | 'all';
  readonly experimental: ReadonlySet<string> | 'all';
  /** A finding makes the build fail. */
  readonly error: boolean;
}

export const noCheckOptions: CheckOptions = { skip: new Set(), experimental: new Set(), error: false };

/** Reads the options (linter.ParseLintOptions); a text that says why where it cannot. */
export function parseCheckOptions(text: string): CheckOptions | string {
  if (text.trim() === '') return noCheckOptions;
  let options = noCheckOptions;
  // strings.SplitN(text, ";", 3): what is after the second semicolon stays together.
  const parts = text.trim().split(';');
  for (const part of [...parts.slice(0, 2), ...(parts.length > 2 ? [parts.slice(2).join(';')] : [])]) {
    const equals = part.indexOf('=');
    if (equals === -1) return `\`${part}\` has no \`=\``;
    const [key, value] = [part.slice(0, equals).trim(), part.slice(equals + 1).trim()];
    if (key === 'skip' || key === 'experimental') {
      options = { ...options, [key]: value === 'all' ? 'all' : new Set(value.split(',').map((rule) => rule.trim())) };
    } else if (key === 'error') {
      const error = parseBoolean(value);
      if (error === undefined) return `\`${value}\` is neither true nor false`;
      options = { ...options, error };
    } else return `\`${key}\` is not known`;
  }
  return options;
}

/**
 * The value of the file's `# check=` as BuildKit finds it (parser.ParseDirective): after a `#!` line too, and only
 * where `#` is the line's first character.
 */
export function checkDirective({ text }: Dockerfile): string {
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  const read = directiveReader();
  for (const line of lines[0]?.startsWith('#!') === true ? lines.slice(1) : lines) {
    const trimmed = line.replace(/\r$/, '');
    const found = read(trimmed.startsWith('#') ? trimmed.slice(skipSpace(trimmed, 1)) : undefined);
    if (found === undefined || 'problem' in found) return '';
    if (found.directive === 'check') return found.value.split(' ', 1)[0] ?? '';
  }
  return '';
}

/** The options that hold for one instruction: those of the file and of a `# check=` comment above it. */
export function optionsAt(options: CheckOptions, comments: readonly string[]): CheckOptions {
  for (const comment of comments) {
    const found = directiveReader()(comment.slice(skipSpace(comment, 0)));
    if (found === undefined || found.directive !== 'check' || 'problem' in found) continue;
    const own = parseCheckOptions(found.value.split(' ', 1)[0] ?? '');
    if (typeof own === 'string') return options;
    return { ...options, skip: union(options.skip, own.skip), experimental: union(options.experimental, own.experimental) };
  }
  return options;
}

const union = (a: CheckOptions['skip'], b: CheckOptions['skip']): CheckOptions['skip'] =>
  a === 'all' || b === 'all' ? 'all' : new Set([...a, ...b]);
