import { escaped } from '../../markup.ts';

/** A sentence of a gate: what stands between backticks is code, as in all messages. */
export const prose = (text: string): string =>
  text
    .split(/`([^`]+)`/)
    .map((part, i) => (i % 2 === 1 ? `<code>${escaped(part)}</code>` : escaped(part)))
    .join('');
