import type { Found, PackageReader } from './types.ts';

/** Alpine's packages: Alpine wiki, "Apk spec", "Installed Database V2". One letter is a field, and case counts. */
export const apk: PackageReader = {
  ecosystem: 'alpine',
  claims: (path) => /^(?:usr\/)?lib\/apk\/db\/installed$/.test(path),
  async read(_path, bytes) {
    const found: Found[] = [];
    const problems: string[] = [];
    for (const [index, paragraph] of Buffer.from(bytes)
      .toString('utf8')
      .split(/\n{2,}/)
      .entries()) {
      const lines = paragraph.split('\n').filter((line) => line !== '');
      if (lines.length === 0) continue;
      const it = packageOf(lines);
      if (it) found.push(it);
      else problems.push(`paragraph ${index + 1} has no \`P:\` or no \`V:\``);
    }
    return { found, problems };
  },
};

function packageOf(lines: readonly string[]): Found | undefined {
  const field = (letter: string): string | undefined =>
    lines
      .find((line) => line.startsWith(`${letter}:`))
      ?.slice(2)
      .trim() || undefined;
  const [name, version, architecture, origin, licence] = [field('P'), field('V'), field('A'), field('o'), field('L')];
  if (name === undefined || version === undefined) return undefined;
  return {
    name,
    version,
    ...(architecture === undefined ? {} : { architecture }),
    ...(origin === undefined ? {} : { source: { name: origin, version } }),
    ...(licence === undefined ? {} : { licence }),
    files: filesIn(lines),
    requires: namesIn(field('D')),
    provides: namesIn(field('p')),
  };
}

/** `F:` names a folder, each `R:` after it a file in that. */
function filesIn(lines: readonly string[]): readonly string[] {
  const files: string[] = [];
  let folder = '';
  for (const line of lines) {
    if (line.startsWith('F:')) folder = line.slice(2);
    if (line.startsWith('R:')) files.push(folder === '' ? line.slice(2) : `${folder}/${line.slice(2)}`);
  }
  return files;
}

/** `so:libz.so.1=1.3 busybox>1 !old` → so:libz.so.1, busybox. */
const namesIn = (field: string | undefined): readonly string[] =>
  (field ?? '').split(/\s+/).flatMap((each) => (each.startsWith('!') ? [] : (/^[^<>=~]+/.exec(each)?.[0] ?? [])));
