import { formatBytes } from '../../units.ts';
import { partsOf, partsTable, treemap } from '../../inspect/treemap.ts';
import type { ProofReport } from '../types.ts';

/** What the image is made of, where that was looked at. */
export function contents({ inspection }: ProofReport): string {
  if (!inspection) return '';
  const parts = partsOf(inspection);
  return `<section id="contents"><h2>What it is made of <span class="count">${formatBytes(inspection.size.content)}</span></h2>${treemap(parts)}${partsTable(parts)}</section>`;
}
