import type { GateResult, Quantity } from '../../../prove/index.ts';

/** A share of the width, as SVG takes it. */
export const percent = (share: number): string => `${(100 * Math.min(1, Math.max(0, share))).toFixed(2)}%`;

/** Room beyond the limit, so that its mark can be seen. */
const BEYOND = 1.06;

/** What was measured, and the limit as a load line; empty where the two cannot be compared. */
export function gauge({ outcome, limit }: GateResult): string {
  const measured: Quantity | undefined = 'measured' in outcome ? outcome.measured : undefined;
  if (!measured || !limit || limit.unit !== measured.unit || !/^(ms|bytes)$/.test(limit.unit) || limit.value <= 0) return '';
  const whole = Math.max(limit.value, measured.value) * BEYOND;
  const [end, line] = [percent(measured.value / whole), percent(limit.value / whole)];
  const over = measured.value > limit.value ? ' over' : '';
  return `<svg class="gauge${over}" width="100%" height="14" aria-hidden="true" focusable="false"><line class="track" x1="0" y1="7" x2="100%" y2="7"/><line class="fill" x1="0" y1="7" x2="${end}" y2="7"/><line class="limit" x1="${line}" y1="1" x2="${line}" y2="13"/></svg>`;
}

/** A bar of a share of the width. */
export const bar = (share: number): string =>
  `<svg class="bar" width="100%" height="8" aria-hidden="true" focusable="false"><line class="track" x1="0" y1="4" x2="100%" y2="4"/><line class="fill" x1="0" y1="4" x2="${percent(share)}" y2="4"/></svg>`;
