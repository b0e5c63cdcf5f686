import { inspectionOf, whence } from '../inspection.ts';
import { failed, gate, listed, passed, seen } from '../outcome.ts';
import { bytes } from '../quantity.ts';
import type { Subject } from '../types.ts';

/** What a few steps hide without harm: a twentieth of the budget for the whole. */
const WASTE_BYTES = 10e6;
const limitOf = ({ budget }: Subject): number => budget.wasteBytes ?? WASTE_BYTES;

export const layerWaste = gate({
  id: 'layer-waste',
  level: 'advised',
  promise:
    'Hardly anything is pulled that no container can see: files that a later layer deletes, replaces, or stores again for another owner.',
  why: 'A layer cannot make those below it smaller. Every node downloads and keeps what is hidden, and what was deleted can still be read by whoever has the image.',
  source: 'image-spec, layer.md, "Whiteouts" and "Change Types"; Docker, "Building best practices"',
  needs: [],
  limit: (subject) => bytes(limitOf(subject)),
  async measure(subject) {
    const inspection = await inspectionOf(subject);
    const { size, waste } = inspection;
    const measured = bytes(size.waste);
    const [first, ...rest] = waste.map((it) =>
      seen(
        `/${it.files[0]?.path ?? ''}${it.files.length > 1 ? ` and ${it.files.length - 1} more` : ''} (${whence(inspection, it.layer)})`,
        `${bytes(it.sizeBytes).text} ${it.title}, ${whence(inspection, it.by)}`,
      ),
    );
    if (!first || size.waste <= limitOf(subject))
      return passed([first ?? seen('layers', 'nothing in them is hidden by another'), ...rest], { measured });
    const largest = waste[0]!;
    return failed(
      listed(waste.map((it) => `${bytes(it.sizeBytes).text} ${it.title}`)),
      `${largest.fix}; \`plimsoll inspect\` names each file. Or raise \`budget: {waste: …}\` in plimsoll.yaml`,
      [first, ...rest],
      measured,
    );
  },
});
