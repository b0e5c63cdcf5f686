import { onceFor } from '../base/index.ts';
import { inspectImage, type CauseFound, type Inspection } from '../inspect/index.ts';
import type { Subject } from './types.ts';

/** What inspecting a subject's image says, with the lines of the Dockerfile that made it, if one did. Made once. */
export const inspectionOf: (subject: Subject) => Promise<Inspection> = onceFor(({ image, dockerfile }) =>
  inspectImage(image, { ref: 'the image', ...(dockerfile ? { dockerfile } : {}), onlyIfMade: true }),
);

/** Where a layer comes from, for evidence: `Dockerfile:3 RUN apt-get …`, or its number. */
export function whence({ layers }: Inspection, index: number): string {
  const layer = layers[index];
  const where = layer?.line ? `${layer.line.file}:${layer.line.line}` : `layer ${index + 1}`;
  const text = layer?.instruction ?? '';
  return `${where}${text === '' ? '' : `: ${text.length > 72 ? `${text.slice(0, 72)}…` : text}`}`;
}

/** Causes that cost nothing, most bytes first. */
export const heldAgainst = ({ causes }: Inspection): readonly CauseFound[] =>
  causes.filter(({ cause }) => cause.cost === undefined).toSorted((a, b) => b.sizeBytes - a.sizeBytes);
