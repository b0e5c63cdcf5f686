import type { Evidence } from '../../base/index.ts';
import type { ImageTree, TreeEntry } from '../../image/index.ts';
import { capabilitiesIn } from '../capabilities.ts';
import { placesIn } from '../layer-place.ts';
import { failed, gate, listed, passed, seen } from '../outcome.ts';
import { count } from '../quantity.ts';

export const noSetuid = gate({
  id: 'no-setuid',
  level: 'advised',
  promise: 'No program of the image gives more rights than its caller has: no setuid or setgid bit, no file capability.',
  why: 'Each is a way from the service’s user to root for whoever gets into the service. Debian’s own images bring some (su, mount, passwd), and `no-new-privileges` takes their power; so it is advised.',
  source: 'CIS Docker Benchmark 4.8, "Ensure setuid and setgid permissions are removed"; execve(2); capabilities(7), "File capabilities"',
  needs: [],
  limit: () => count(0, 'such program'),
  async measure({ image, tree }) {
    const all = await tree();
    const found = raisingIn(all);
    const [first, ...rest] = found;
    if (!first) return passed([seen('searched', `${all.entries.size} files and folders`)], { measured: count(0, 'such program') });
    const place = await placesIn(image);
    const evidence = ({ entry, how }: Raising): Evidence => seen(place(entry), how);
    return failed(
      listed(found.map(({ entry, how }) => `/${entry.record.path} (${how})`)),
      fixFor(found),
      [evidence(first), ...rest.map(evidence)],
      count(found.length, 'such program'),
    );
  },
});

interface Raising {
  readonly entry: TreeEntry;
  readonly how: string;
  readonly hasCapabilities: boolean;
}

/** Setgid on a folder only hands its group on, and on a file that nobody may execute neither bit means anything: inode(7). */
function raisingIn(tree: ImageTree): readonly Raising[] {
  return [...tree.entries.values()].flatMap((entry): Raising[] => {
    const { type, mode, uid, gid, xattrs } = entry.record;
    if ((type !== 'file' && type !== 'hardlink') || (mode & 0o111) === 0) return [];
    const attribute = xattrs?.get('security.capability');
    const capabilities = attribute ? capabilitiesIn(attribute) : [];
    const ways = [
      ...(mode & 0o4000 ? [`setuid, of user ${uid}`] : []),
      ...((mode & 0o2010) === 0o2010 ? [`setgid, of group ${gid}`] : []),
      ...(capabilities.length > 0 ? [capabilities.join(', ')] : []),
    ];
    return ways.length === 0 ? [] : [{ entry, how: ways.join('; '), hasCapabilities: capabilities.length > 0 }];
  });
}

function fixFor(found: readonly Raising[]): string {
  const paths = (some: readonly Raising[]): string => some.map(({ entry }) => `/${entry.record.path}`).join(' ');
  const [withCapabilities, bits] = [found.filter((it) => it.hasCapabilities), found.filter((it) => /set[ug]id, of/.test(it.how))];
  const commands = [
    ...(bits.length > 0 ? [`\`RUN chmod a-s ${paths(bits)}\``] : []),
    ...(withCapabilities.length > 0 ? [`\`RUN setcap -r ${paths(withCapabilities)}\``] : []),
  ];
  return `in a Dockerfile, before USER: ${commands.join(' and ')}; or \`base: bookworm\` in plimsoll.yaml, whose packages bring none; or start it with \`no-new-privileges\``;
}
