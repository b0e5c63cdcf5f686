import type { Reading } from '../../reading/index.ts';
import type { Report } from '../../types.ts';
import { reportAt } from './hadolint.ts';

/** Each instruction of this name but the first of its stage. */
export function* repeated(reading: Reading, name: 'CMD' | 'ENTRYPOINT' | 'HEALTHCHECK', message: string): Iterable<Report> {
  let seen = false;
  for (const at of reading.instructions) {
    if (at.name === 'FROM') seen = false;
    if (at.name !== name) continue;
    if (seen) yield reportAt(at, message);
    seen = true;
  }
}
