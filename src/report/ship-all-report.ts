import type { ReportStyle } from './plan-report.ts';
import { formatBytes } from './units.ts';

/** One service among several. */
export interface ShipAllRow {
  readonly path: string;
  readonly name: string;
  readonly verdict: 'fit' | 'not fit' | 'unproven' | 'failed';
  /** Bytes, unpacked. */
  readonly sizeBytes?: number;
  readonly digest?: string;
  /** Where it is, or where it was pushed. */
  readonly ref?: string;
  /** What is wrong, in a few words. */
  readonly why?: string;
}

/** The summary of `ship --all`: a line for each service, then what was passed over. */
export function shipAllLines(
  rows: readonly ShipAllRow[],
  passedOver: readonly { readonly path: string; readonly why: string }[],
  { paint }: ReportStyle,
): string[] {
  const fit = rows.filter(({ verdict }) => verdict === 'fit').length;
  const widths = { path: widest(rows.map(({ path }) => path)), name: widest(rows.map(({ name }) => name)) };
  const dye = { fit: paint.green, 'not fit': paint.red, failed: paint.red, unproven: paint.yellow };
  return [
    paint.bold(`${fit} of ${rows.length} services fit`),
    ...rows.map(({ path, name, verdict, sizeBytes, digest, ref, why }) =>
      [
        `  ${path.padEnd(widths.path)}`,
        name.padEnd(widths.name),
        dye[verdict](verdict.padEnd(VERDICT_WIDTH)),
        ...(sizeBytes === undefined ? [] : [formatBytes(sizeBytes).padStart(8)]),
        ...(digest === undefined ? [] : [paint.dim(digest.slice(0, SHORT_DIGEST))]),
        ...(why === undefined ? [] : [why]),
        ...(ref === undefined ? [] : [paint.dim(ref)]),
      ].join('  '),
    ),
    ...passedOver.map(({ path, why }) => paint.dim(`  passed over: ${path}: ${why}`)),
  ];
}

const VERDICT_WIDTH = 'unproven'.length;
/** `sha256:` and as much as Docker shows. */
const SHORT_DIGEST = 'sha256:'.length + 12;

const widest = (texts: readonly string[]): number => Math.max(...texts.map(({ length }) => length));
