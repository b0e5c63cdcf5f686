import type { TreeEntry } from '../../image/index.ts';
import { placesIn } from '../layer-place.ts';
import { failed, gate, listed, passed, seen } from '../outcome.ts';
import { count } from '../quantity.ts';

export const noWorldWritable = gate({
  id: 'no-world-writable',
  level: 'required',
  promise:
    'No file and no folder of the image may be written by everybody, except folders like /tmp where each may remove only what is theirs.',
  why: 'What everybody may write, the next reader runs or trusts: a script, a configuration, a certificate.',
  source: 'CIS Distribution Independent Linux Benchmark 6.1.10, "Ensure no world writable files exist", 1.1.21 (sticky bit); inode(7)',
  needs: [],
  limit: () => count(0, 'such path'),
  async measure({ image, tree }) {
    const entries = [...(await tree()).entries.values()];
    const found = entries.filter(isOpen);
    const [first, ...rest] = found;
    if (!first) return passed([seen('searched', `${entries.length} files and folders`)], { measured: count(0, 'such path') });
    const place = await placesIn(image);
    const evidence = (entry: TreeEntry) => seen(place(entry), `${entry.record.type}, mode ${octal(entry.record.mode)}`);
    const paths = found.map(({ record }) => `/${record.path}`);
    return failed(listed(paths), fixFor(found), [evidence(first), ...rest.map(evidence)], count(found.length, 'such path'));
  },
});

/** Links have no mode of their own (symlink(7)), and device nodes are the runtime's to guard. Sticky: inode(7), S_ISVTX. */
const isOpen = ({ record: { type, mode } }: TreeEntry): boolean =>
  type === 'file' || type === 'hardlink' || type === 'fifo' ? (mode & 0o002) !== 0 : type === 'directory' && (mode & 0o1002) === 0o002;

const octal = (mode: number): string => mode.toString(8).padStart(4, '0');

function fixFor(found: readonly TreeEntry[]): string {
  const paths = found.map(({ record }) => `/${record.path}`);
  return `\`RUN chmod o-w ${listed(paths, 8)}\` in a Dockerfile, in the step that makes them; what the service must write belongs to its user: \`COPY --chown\` of that folder alone, or \`writable:\` in plimsoll.yaml`;
}
