import type { ImageTree } from '../layer/flatten.ts';

/** What a package manager says is installed: `debian libc6` → `2.36-9`. */
export type Packages = ReadonlyMap<string, string>;

/** Installed packages by the databases of dpkg, apk and of Python's installers, each as `kind name`. */
export async function packagesOf(tree: ImageTree): Promise<Packages> {
  const found = new Map<string, string>();
  for (const path of tree.entries.keys()) {
    const kind = KINDS.find(({ pattern }) => pattern.test(path));
    if (kind === undefined || tree.resolve(path) === undefined || tree.entries.get(path)?.record.type === 'directory') continue;
    const text = Buffer.from(await tree.read(path)).toString('utf8');
    for (const [name, version] of kind.read(text)) found.set(`${kind.name} ${name}`, version);
  }
  return found;
}

interface Kind {
  readonly name: string;
  readonly pattern: RegExp;
  readonly read: (text: string) => (readonly [string, string])[];
}

/** Paragraphs of `Field: value` lines (deb-control(5), and the mail headers of Python's core metadata). */
const paragraphs =
  (nameField: string, versionField: string, separator = /\n\n+/) =>
  (text: string): (readonly [string, string])[] =>
    text.split(separator).flatMap((paragraph) => {
      const field = (name: string): string | undefined => new RegExp(`^${name}: ?(.+)$`, 'm').exec(paragraph)?.[1]?.trim();
      const [name, version] = [field(nameField), field(versionField)];
      return name === undefined || version === undefined || /^Status: .*\b(deinstall|not-installed|config-files)\b/m.test(paragraph)
        ? []
        : [[name, version] as const];
    });

/** Only the head of a METADATA file: the description after it may hold anything. */
const metadata = (text: string): (readonly [string, string])[] => paragraphs('Name', 'Version')(text.split(/\r?\n\r?\n/, 1)[0] ?? '');

const KINDS: readonly Kind[] = [
  { name: 'debian', pattern: /^var\/lib\/dpkg\/(?:status|status\.d\/(?!.*\.md5sums$)[^/]+)$/, read: paragraphs('Package', 'Version') },
  { name: 'alpine', pattern: /^(?:usr\/)?lib\/apk\/db\/installed$/, read: paragraphs('P', 'V') },
  { name: 'python', pattern: /\/(?:site|dist)-packages\/[^/]+\.(?:dist-info\/METADATA|egg-info\/PKG-INFO)$/, read: metadata },
];
