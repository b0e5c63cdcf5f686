import { isSecretName, passwordIn } from '../base/index.ts';
import type { GivenValue, Subject } from './types.ts';

/** Shorter ones stand in ordinary words. */
const LEAST = 4;

/** The same, with `‹NAME›` wherever the value of a secret that people gave stood: in logs, answers, reasons. */
export function withoutSecrets<T>(outcome: T, { values, contract }: Pick<Subject, 'values' | 'contract'>): T {
  const marked = new Set(contract.environment.filter((it) => it.secret).map((it) => it.name));
  const secret = values
    .filter(isByPeople)
    .flatMap(({ name, value }) => [
      ...(marked.has(name) || isSecretName(name) || passwordIn(value) !== undefined ? [{ name, value }] : []),
      { name, value: passwordIn(value) ?? '' },
    ])
    .filter(({ value }) => value.length >= LEAST)
    // The longest first: one may be part of another.
    .toSorted((a, b) => b.value.length - a.value.length);
  if (secret.length === 0) return outcome;
  const hide = (text: string): string => secret.reduce((so, { name, value }) => so.replaceAll(value, `‹${name}›`), text);
  return mapTexts(outcome, hide);
}

/** Dummies, the repository's own examples and what companions are told are no secrets. */
const isByPeople = ({ from }: GivenValue): boolean => from === 'flag' || from === 'env-file' || from === 'config';

function mapTexts<T>(value: T, change: (text: string) => string): T {
  if (typeof value === 'string') return change(value) as T;
  if (Array.isArray(value)) return value.map((it: unknown) => mapTexts(it, change)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, mapTexts(it as unknown, change)])) as T;
}
