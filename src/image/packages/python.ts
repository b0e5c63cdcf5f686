import { posix } from 'node:path';
import { metadataFields, recordedPath } from './python-metadata.ts';
import type { Beside, Found, PackageReader } from './types.ts';

/** METADATA of a wheel; PKG-INFO, or a file in its place, of what setuptools and Debian installed before there were wheels. */
const METADATA = /^(.*\/)?[^/]+\.(?:dist-info\/METADATA|egg-info(?:\/PKG-INFO)?)$/;
const SITE = /(?:^|\/)(?:site|dist)-packages\//;

/**
 * Python's distributions: core metadata specifications, PEP 376, PEP 610, PEP 627. Those that importlib.metadata would
 * find with their folder on the path; what another distribution has bundled (`setuptools/_vendor`) is part of that one.
 */
export const python: PackageReader = {
  ecosystem: 'python',
  claims(path) {
    const folder =
      path.endsWith('/METADATA') || path.endsWith('-info') || path.endsWith('/PKG-INFO') ? METADATA.exec(path)?.[1] : undefined;
    if (folder === undefined) return false;
    // `pip install --target` makes a folder of any name. An egg-info elsewhere is a checkout's own.
    const below = SITE.exec(folder) ? folder.slice(SITE.exec(folder)!.index + SITE.exec(folder)![0].length) : undefined;
    return below === '' || (below === undefined && path.endsWith('/METADATA') && !folder.includes('/_vendor/'));
  },
  asks: (path) => /(?:-info\/(?:RECORD|INSTALLER|direct_url\.json|installed-files\.txt))$/.test(path),
  async read(path, bytes, beside) {
    const fields = metadataFields(Buffer.from(bytes).toString('utf8'));
    const values = (name: string): string[] => fields.filter(([key, value]) => key === name && value !== '').map(([, value]) => value);
    const [[name], [version]] = [values('name'), values('version')];
    if (name === undefined || version === undefined)
      return { found: [], problems: [`it has no \`${name === undefined ? 'Name' : 'Version'}\``] };
    const licence = licenceOf(values);
    const it: Found = {
      name,
      version,
      ...(licence === undefined ? {} : { licence }),
      files: await filesOf(path, beside),
      requires: requiredBy(values('requires-dist')),
      provides: [],
      ...(await broughtBy(path, beside)),
    };
    return { found: [it], problems: [] };
  },
};

/** An expression (PEP 639) before the words that came before it; a whole text in `License` begins with its title. */
function licenceOf(values: (name: string) => string[]): string | undefined {
  const classified = values('classifier').flatMap((it) => /^License :: (?:OSI Approved :: )?(?!OSI Approved$)(.+)$/.exec(it)?.[1] ?? []);
  const [said] = [...values('license-expression'), ...values('license').filter((it) => it !== 'UNKNOWN')];
  return said ?? (classified.length > 0 ? classified.join(', ') : undefined);
}

/** Without what only an extra asks for: PEP 508. */
const requiredBy = (requirements: readonly string[]): readonly string[] => [
  ...new Set(requirements.flatMap((it) => (/;.*\bextra\s*==/.test(it) ? [] : (/^[A-Za-z0-9][\w.-]*/.exec(it)?.[0] ?? [])))),
];

/** RECORD lies beside METADATA and is relative to the folder above; `installed-files.txt` is relative to its own. */
async function filesOf(path: string, beside: Beside): Promise<readonly string[]> {
  const folder = posix.dirname(path);
  const lists = path.endsWith('/METADATA') ? ['RECORD', posix.dirname(folder)] : ['installed-files.txt', folder];
  const [name, root] = lists as [string, string];
  const text = path.endsWith('.egg-info') ? undefined : await beside.text(`${folder}/${name}`);
  return (text ?? '').split(/\r?\n/).flatMap((line) => {
    const listed = name === 'RECORD' ? recordedPath(line) : line;
    return listed === '' ? [] : [posix.join('/', listed.startsWith('/') ? '' : root, listed).slice(1)];
  });
}

async function broughtBy(path: string, beside: Beside): Promise<{ readonly installer?: string; readonly origin?: string }> {
  if (!path.endsWith('/METADATA')) return {};
  const folder = posix.dirname(path);
  const installer = (await beside.text(`${folder}/INSTALLER`))?.trim();
  const origin = originIn(await beside.text(`${folder}/direct_url.json`));
  return { ...(installer ? { installer } : {}), ...(origin === undefined ? {} : { origin }) };
}

/** The URL of PEP 610 without a login and without its query, which may be one. */
function originIn(text: string | undefined): string | undefined {
  try {
    const said: unknown = JSON.parse(text ?? 'null');
    if (typeof said !== 'object' || said === null || !('url' in said) || typeof said.url !== 'string') return undefined;
    const url = new URL(said.url);
    [url.username, url.password, url.search, url.hash] = ['', '', '', ''];
    return url.href;
  } catch {
    return undefined;
  }
}
