import { heldAgainst, inspectionOf, whence } from '../inspection.ts';
import { failed, gate, listed, passed, seen } from '../outcome.ts';
import { bytes } from '../quantity.ts';
import type { Subject } from '../types.ts';

/** What slim bases bring: a package manager, some documentation. */
const AVOIDABLE_BYTES = 20e6;
const limitOf = ({ budget }: Subject): number => budget.avoidableBytes ?? AVOIDABLE_BYTES;

export const avoidableBytes = gate({
  id: 'avoidable-bytes',
  level: 'advised',
  promise:
    'Hardly anything in the image is there by accident: caches, compilers, manuals, tests, package managers, copies, debug sections.',
  why: 'What the service never reads is downloaded to every node, scanned, patched, and there for whoever gets in.',
  source: 'Docker, "Building best practices"; NIST SP 800-190, 4.1.2; each cause names its own: `plimsoll inspect --json`',
  needs: [],
  limit: (subject) => bytes(limitOf(subject)),
  async measure(subject) {
    const inspection = await inspectionOf(subject);
    const causes = heldAgainst(inspection);
    const measured = bytes(inspection.size.avoidable);
    const [first, ...rest] = causes.map(({ cause, sizeBytes, files, layers }) =>
      seen(
        `${bytes(sizeBytes).text} ${cause.title}`,
        `/${files[0]?.file.path ?? ''}${files.length > 1 ? ` and ${files.length - 1} more` : ''} (${whence(inspection, layers[0]?.layer ?? 0)})`,
      ),
    );
    const [largest] = causes;
    if (!first || !largest || inspection.size.avoidable <= limitOf(subject))
      return passed([first ?? seen('searched', `${inspection.fileCount} files`), ...rest], { measured });
    const { fix, rule } = largest.cause;
    return failed(
      listed(causes.map(({ cause, sizeBytes }) => `${bytes(sizeBytes).text} ${cause.title}`)),
      `${fix}${rule === undefined ? '' : ` (\`plimsoll explain ${rule}\`)`}; \`plimsoll inspect\` names the others. Or raise \`budget: {avoidable: …}\` in plimsoll.yaml`,
      [first, ...rest],
      measured,
    );
  },
});
