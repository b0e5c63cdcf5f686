import { createHash } from 'node:crypto';
import type { LayerEntry } from '../../../image/index.ts';

const file = (path: string, text: string): LayerEntry => ({ type: 'file', path, mode: 0o644, uid: 0, gid: 0, content: Buffer.from(text) });

/**
 * What scanners read to see a package that was installed without dpkg: its control file and the sums of the files that
 * are really there, below `var/lib/dpkg/status.d`, as distroless images have it (read by Trivy, Syft and Grype).
 */
export function statusEntries(name: string, control: string, installed: readonly LayerEntry[]): LayerEntry[] {
  const status = `${control.trimEnd().replace(/^(Package:.*)$/m, '$1\nStatus: install ok installed')}\n`;
  const sums = installed.flatMap((entry) =>
    entry.type === 'file' && entry.content instanceof Uint8Array ? [`${md5(entry.content)}  ${entry.path}\n`] : [],
  );
  return [file(`var/lib/dpkg/status.d/${name}`, status), file(`var/lib/dpkg/status.d/${name}.md5sums`, sums.toSorted(byName).join(''))];
}

const md5 = (content: Uint8Array): string => createHash('md5').update(content).digest('hex'); // dpkg's format: no security hangs on it
const byName = (a: string, b: string): number => (a.slice(34) < b.slice(34) ? -1 : 1);
