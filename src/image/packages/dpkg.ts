import { parseParagraphs, type Paragraph } from './deb822.ts';
import type { Beside, Found, PackageReader } from './types.ts';

/** dpkg's own database, and that of images which were made without it (distroless): one file a package. */
const STATUS = /^var\/lib\/dpkg\/(?:status|status\.d\/(?!.*\.md5sums$)[^/]+)$/;

/** Debian's packages: deb-control(5), dpkg(1), "FILES". */
export const dpkg: PackageReader = {
  ecosystem: 'debian',
  claims: (path) => STATUS.test(path),
  asks: (path) => path.startsWith('var/lib/dpkg/') && (path.endsWith('.list') || path.endsWith('.md5sums')),
  async read(path, bytes, beside) {
    const paragraphs = parseParagraphs(Buffer.from(bytes).toString('utf8'));
    const problems: string[] = paragraphs.length === 0 && bytes.length > 0 ? ['no package stands in it'] : [];
    const found: Found[] = [];
    for (const [index, fields] of paragraphs.entries()) {
      if (!isInstalled(fields)) continue;
      const [name, version] = [fields.get('package'), fields.get('version')];
      if (name && version) found.push(await packageOf(path, fields, name, version, beside));
      else problems.push(`paragraph ${index + 1} has no \`${name ? 'Version' : 'Package'}\``);
    }
    return { found, problems };
  },
};

/** What is removed and has left its configuration is not installed; distroless' files have no Status. */
const isInstalled = (fields: Paragraph): boolean => {
  const status = fields.get('status');
  return status === undefined || !/\b(?:deinstall|not-installed|config-files)\b/.test(status);
};

async function packageOf(path: string, fields: Paragraph, name: string, version: string, beside: Beside): Promise<Found> {
  const architecture = fields.get('architecture');
  const list = await listOf(path, name, architecture, beside);
  return {
    name,
    version,
    ...(architecture === undefined ? {} : { architecture }),
    source: sourceOf(fields.get('source'), name, version),
    files: list?.files ?? [],
    ...(list ? { since: list.path } : {}),
    requires: ['pre-depends', 'depends'].flatMap((field) => namesIn(fields.get(field))),
    provides: namesIn(fields.get('provides')),
  };
}

/** `Source: glibc (2.36-9)`: the version stands there where it differs, as it does after a rebuild. */
function sourceOf(field: string | undefined, name: string, version: string): { readonly name: string; readonly version: string } {
  const [, source, other] = /^(\S+)(?:\s+\(([^)]+)\))?/.exec(field ?? '') ?? [];
  return { name: source ?? name, version: other ?? version };
}

/** `a (>= 1), b | c:any` → a, b, c: deb-control(5), "Depends". */
const namesIn = (field: string | undefined): readonly string[] => [
  ...new Set((field ?? '').split(/[,|]/).flatMap((each) => /^\s*([^\s:(]+)/.exec(each)?.[1] ?? [])),
];

/** `NAME.list` has folders too, `md5sums` has no configuration; of packages of several architectures the name has that as well. */
async function listOf(
  path: string,
  name: string,
  architecture: string | undefined,
  beside: Beside,
): Promise<{ readonly path: string; readonly files: readonly string[] } | undefined> {
  const info = 'var/lib/dpkg/info';
  const lists = path.endsWith('/status') ? [`${info}/${name}:${architecture}.list`, `${info}/${name}.list`] : [];
  for (const list of lists) {
    const text = await beside.text(list);
    if (text !== undefined) return { path: list, files: withoutFolders(text.split('\n')) };
  }
  const sums = [`${path}.md5sums`, ...(path.endsWith('/status') ? [`${info}/${name}.md5sums`] : [])];
  for (const sum of sums) {
    const text = await beside.text(sum);
    if (text !== undefined)
      return { path: sum, files: text.split('\n').flatMap((line) => /^[0-9a-f]{32} [ *](?:\.?\/)?(.+)$/.exec(line)?.[1] ?? []) };
  }
  return undefined;
}

/** What is in a folder stands right after it. Empty ones stay. */
const withoutFolders = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((line, index) =>
    line.length < 2 || line === '/.' || lines[index + 1]?.startsWith(`${line}/`) ? [] : [line.replace(/^\//, '')],
  );
