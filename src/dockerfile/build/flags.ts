import type { Flag } from '../syntax.ts';
import { refusal, type Refusal } from './refusal.ts';

type Kind = 'boolean' | 'text' | 'texts';

/** The flags of each instruction (instructions/parse.go). */
const flagsOf: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  ADD: { chown: 'text', chmod: 'text', link: 'boolean', 'keep-git-dir': 'boolean', checksum: 'text', unpack: 'boolean', exclude: 'texts' },
  COPY: { chown: 'text', from: 'text', chmod: 'text', link: 'boolean', exclude: 'texts', parents: 'boolean' },
  FROM: { platform: 'text' },
  HEALTHCHECK: { interval: 'text', timeout: 'text', 'start-period': 'text', 'start-interval': 'text', retries: 'text' },
  RUN: { mount: 'texts', network: 'text', security: 'text', device: 'texts' },
};

/** What is wrong with an instruction's flags; the first that is wrong. */
export function flagProblem(name: string, flags: readonly Flag[]): Refusal | undefined {
  if (flags.length === 0) return undefined;
  const known = flagsOf[name] ?? {};
  const used = new Set<string>();
  for (const flag of flags) {
    const kind = Object.hasOwn(known, flag.name) ? known[flag.name] : undefined;
    if (kind === undefined) {
      const names = Object.keys(known);
      const hint = names.length === 0 ? `${name} takes no flags` : `${name} takes ${names.map((n) => `--${n}`).join(', ')}`;
      return refusal('unknown-flag', `\`--${flag.name}\` is no flag of ${name}`, hint);
    }
    if (used.has(flag.name) && kind !== 'texts') {
      return refusal('flag-twice', `\`--${flag.name}\` is there a second time`, 'keep one of the two');
    }
    used.add(flag.name);
    const problem = valueProblem(flag, kind);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function valueProblem({ name, value }: Flag, kind: Kind): Refusal | undefined {
  if (kind === 'boolean') {
    if (value === undefined || ['true', 'false'].includes(value.toLowerCase())) return undefined;
    return refusal('bad-flag-value', `\`--${name}=${value}\` is neither true nor false`, `write \`--${name}\` or leave it out`);
  }
  return value === undefined ? refusal('bad-flag-value', `\`--${name}\` has no value`, `write \`--${name}=…\``) : undefined;
}

/** The value of a flag that may be there once. */
export const flagValue = (flags: readonly Flag[], name: string): string | undefined => flags.find((flag) => flag.name === name)?.value;

/** The values of a flag that may be there several times. */
export const flagValues = (flags: readonly Flag[], name: string): readonly string[] =>
  flags.filter((flag) => flag.name === name).map((flag) => flag.value ?? '');
