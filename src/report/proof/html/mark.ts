import type { Proof } from '../../../prove/index.ts';
import type { OutcomeName } from '../words.ts';

/** Where the water stands at the ship's side: below the line it may float, above it must not. */
const WATER = { fit: 84, unfit: 30, unproven: undefined } as const;

/** The load line as it is painted on a hull, and the water: what the verdict says, drawn. */
export function loadLine(verdict: Proof['verdict']): string {
  const level = WATER[verdict];
  const wave = (y: number): string => `M0 ${y}q10 -3.5 20 0t20 0t20 0t20 0t20 0t20 0t20 0t20 0`;
  const water =
    level === undefined
      ? ''
      : `<linearGradient id="deep" x2="0" y2="1"><stop offset="0"/><stop offset="1" stop-opacity="0"/></linearGradient><path class="sea" fill="url(#deep)" d="${wave(level)}V120H0Z"/><path class="surface" d="${wave(level)}"/><path class="surface far" d="${wave(level + 12)}"/>`;
  return `<svg class="load-line ${verdict}" viewBox="0 0 160 120" aria-hidden="true" focusable="false">${water}<circle cx="80" cy="60" r="34"/><path d="M22 60H138"/><text x="33" y="52">P</text><text x="127" y="52">L</text></svg>`;
}

/** Told apart by shape alone: the mark, a full disc with a cross, a broken ring, a dash. */
const SHAPES: Readonly<Record<OutcomeName, string>> = {
  passed: '<circle cx="12" cy="12" r="6.5"/><path d="M1.5 12h21"/>',
  failed: '<circle class="full" cx="12" cy="12" r="9"/><path class="on" d="M8.5 8.5l7 7m0-7l-7 7"/>',
  unproven: '<circle cx="12" cy="12" r="8" stroke-dasharray="3.2 3.1"/><path d="M12 8v5m0 2.6v.4"/>',
  skipped: '<path d="M6 12h12"/>',
};

/** Beside the word, which says the same. */
export const outcomeMark = (outcome: OutcomeName): string =>
  `<svg class="mark" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">${SHAPES[outcome]}</svg>`;
