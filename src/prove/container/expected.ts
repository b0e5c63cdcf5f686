import type { Exchanged, HttpAnswer } from '../../run/index.ts';
import type { Expected, TcpProbe } from '../types.ts';

/** Of an answer that is shown. */
const SHOWN = 200;

/** What is wrong with an answer, in the words that end "GET /orders …"; undefined: it is as it was to be. */
export function shortfall(answer: HttpAnswer, expect: Expected): string | undefined {
  if (!answer.answered) return `was not answered (${answer.why})`;
  const { status, headers = {}, text, matches, json } = expect;
  if (status === undefined ? answer.status >= 500 : answer.status !== status)
    return `answered ${answer.status}${status === undefined ? '' : ` instead of ${status}`}`;
  for (const [name, wanted] of Object.entries(headers)) {
    const value = answer.headers[name.toLowerCase()];
    if (value === undefined) return `has no header \`${name}\``;
    if (!value.includes(wanted)) return `has \`${name}: ${value}\`, which does not contain \`${wanted}\``;
  }
  if (text !== undefined && !answer.body.includes(text)) return `does not contain \`${text}\``;
  if (matches !== undefined && !new RegExp(matches, 'u').test(answer.body)) return `does not match \`${matches}\``;
  return json === undefined ? undefined : wrongPart(answer.body, json);
}

function wrongPart(body: string, parts: NonNullable<Expected['json']>): string | undefined {
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch {
    return 'is no JSON';
  }
  for (const [path, wanted] of Object.entries(parts)) {
    const value = partOf(document, path);
    if (value === undefined) return `has no \`${path}\` in its JSON`;
    if (value !== wanted) return `has \`${path}\` as ${JSON.stringify(value).slice(0, SHOWN)} instead of ${JSON.stringify(wanted)}`;
  }
  return undefined;
}

/** `items.0.id`, own properties alone. */
const partOf = (document: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (at, key) => (typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? (at as Record<string, unknown>)[key] : undefined),
      document,
    );

/** The same for text over TCP. */
export function shortfallOfText({ text, why }: Exchanged, { expect }: TcpProbe): string | undefined {
  if (text.includes(expect)) return undefined;
  return `answered ${text === '' ? 'nothing' : `\`${text.trim().slice(0, SHOWN)}\``} (${why ?? 'no more came'}) instead of \`${expect.trim()}\``;
}
