import type { Quantity } from './types.ts';

export const milliseconds = (value: number): Quantity => ({
  value: Math.round(value),
  unit: 'ms',
  text: value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(value < 10_000 ? 2 : 1)} s`,
});

/** Decimal megabytes, as registries and `docker images` count. */
export const bytes = (value: number): Quantity => ({
  value,
  unit: 'bytes',
  text: value < 1e6 ? `${(value / 1e3).toFixed(1)} kB` : `${(value / 1e6).toFixed(1)} MB`,
});

export const count = (value: number, one: string, many = `${one}s`): Quantity => ({
  value,
  unit: 'count',
  text: `${value} ${value === 1 ? one : many}`,
});
