import type { ImageTree } from '../../../image/index.ts';
import { parseParagraphs } from '../debian/index.ts';

/** dpkg's own database, and that of images which were made without it (distroless); apk's. */
const DPKG = /^var\/lib\/dpkg\/(?:status|status\.d\/(?!.*\.md5sums$)[^/]+)$/;
const APK = /^(?:usr\/)?lib\/apk\/db\/installed$/;

/** The packages of its distribution that an image has, with what Debian's provide (deb-control(5)). Each name once, sorted. */
export async function installedPackages(tree: ImageTree): Promise<string[]> {
  const found = new Set<string>();
  for (const path of tree.entries.keys()) {
    const read = DPKG.test(path) ? namesOfDpkg : APK.test(path) ? namesOfApk : undefined;
    if (!read || tree.resolve(path) === undefined || tree.entries.get(path)?.record.type === 'directory') continue;
    for (const name of read(Buffer.from(await tree.read(path)).toString('utf8'))) found.add(name);
  }
  return [...found].toSorted();
}

/** What is removed and has left its configuration is not installed. */
const namesOfDpkg = (text: string): string[] =>
  parseParagraphs(text).flatMap((fields) => {
    const status = fields.get('status');
    if (status !== undefined && !status.endsWith(' installed')) return [];
    const provided = (fields.get('provides') ?? '').split(',').map((each) => each.trim().split(/[\s(:]/, 1)[0] ?? '');
    return [fields.get('package') ?? '', ...provided].filter((name) => name !== '');
  });

const namesOfApk = (text: string): string[] => [...text.matchAll(/^P:(.+)$/gm)].flatMap(([, name]) => name ?? []);

/**
 * Whether a package is there under this name, or under that which it had before Debian's time_t was 64 bits wide: on
 * machines of 64 bits they are the same library.
 */
export const isInstalled = (name: string, installed: readonly string[]): boolean =>
  installed.includes(name) || installed.includes(name.replace(/t64$/, ''));
