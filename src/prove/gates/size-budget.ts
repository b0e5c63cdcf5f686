import type { Because } from '../../base/index.ts';
import { layerSizes, type LayerSize } from '../../image/index.ts';
import { failed, gate, passed, seen } from '../outcome.ts';
import { bytes } from '../quantity.ts';
import type { Budget } from '../types.ts';

export const sizeBudget = gate({
  id: 'size-budget',
  level: 'required',
  promise: 'The image keeps within its size budget.',
  why: 'Every node that starts the service pulls it, and what is not in an image needs no update.',
  source: 'image-spec, config.md, "Layer DiffID": the sum of the layers’ tars',
  needs: [],
  limit: ({ budget }) => bytes(budget.uncompressedBytes),
  async measure({ image, budget }) {
    const layers = (await layerSizes(image)).map(named);
    const total = sum(layers.map((it) => it.uncompressed));
    const compressed = sum(layers.map((it) => it.compressed));
    const [largest, ...rest] = layers.toSorted((a, b) => b.uncompressed - a.uncompressed);
    const line = (it: NamedSize) => seen(it.name, `${bytes(it.uncompressed).text} unpacked, ${bytes(it.compressed).text} compressed`);
    const evidence: Because = largest ? [line(largest), ...rest.map(line)] : [seen('layers', 'none')];
    const over = exceeded(total, compressed, budget);
    if (over.length === 0) return passed(evidence, { measured: bytes(total) });
    return failed(
      over.join('; '),
      `make it smaller (${largest?.name ?? 'no layer'} is the largest), or raise \`budget\` in plimsoll.yaml: ${raised(total, compressed, budget)}`,
      evidence,
      bytes(total),
    );
  },
});

interface NamedSize extends LayerSize {
  readonly name: string;
}

const named = (size: LayerSize, index: number): NamedSize => ({
  ...size,
  name: `layer ${index + 1}${size.createdBy === undefined ? '' : ` (${size.createdBy.slice(0, 60)})`}`,
});

function exceeded(total: number, compressed: number, budget: Budget): string[] {
  const over: string[] = [];
  if (total > budget.uncompressedBytes)
    over.push(
      `${bytes(total).text} unpacked, ${bytes(total - budget.uncompressedBytes).text} over the budget of ${bytes(budget.uncompressedBytes).text}`,
    );
  const { compressedBytes } = budget;
  if (compressedBytes !== undefined && compressed > compressedBytes)
    over.push(
      `${bytes(compressed).text} compressed, ${bytes(compressed - compressedBytes).text} over the budget of ${bytes(compressedBytes).text}`,
    );
  return over;
}

/** What would let it pass, with a twentieth to spare. */
function raised(total: number, compressed: number, budget: Budget): string {
  const megabytes = (value: number): string => `${Math.ceil((value * 1.05) / 1e6)} MB`;
  const lines = total > budget.uncompressedBytes ? [`size: ${megabytes(total)}`] : [];
  if (budget.compressedBytes !== undefined && compressed > budget.compressedBytes) lines.push(`compressed: ${megabytes(compressed)}`);
  return lines.map((line) => `\`${line}\``).join(', ');
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
