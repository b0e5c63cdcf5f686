import type { BuildSummary } from './types.ts';
import type { ReportStyle } from './plan-report.ts';
import { formatBytes, formatMs } from './units.ts';

/** What was built: the image, then a line per layer. */
export function buildLines(build: BuildSummary, { paint }: ReportStyle): string[] {
  const { image } = build;
  const names = Math.max(...image.layers.map((l) => l.name.length));
  return [
    `  ${paint.cyan(image.platform)}  ${formatBytes(image.size.uncompressed)} unpacked, ${formatBytes(image.size.compressed)} to pull, in ${formatMs(build.timings['total'] ?? 0)}`,
    ...image.layers.map(
      (l) =>
        `    ${l.name.padEnd(names)}  ${formatBytes(l.uncompressed).padStart(8)}  ${paint.dim(`${formatBytes(l.compressed).padStart(8)} compressed`)}`,
    ),
    `    ${paint.dim(image.digest)}`,
  ];
}
