import type { Beside, Found, PackageReader } from './types.ts';

/** `node_modules/a`, `node_modules/@b/c`, and pnpm's `node_modules/.pnpm/a@1/node_modules/a`, one in the other. */
const PACKAGE = String.raw`node_modules\/(?:@[^/]+\/)?[^/@.][^/]*`;
const RECORD = new RegExp(
  String.raw`^(?:(?!node_modules\/)[^/]+\/)*(?:node_modules\/\.pnpm\/[^/]+\/)?(?:${PACKAGE}\/(?:node_modules\/\.pnpm\/[^/]+\/)?)*${PACKAGE}\/package\.json$`,
);

/**
 * Packages that npm, pnpm or yarn installed: npm, "folders", "package.json". What lies in a `node_modules` further inside
 * of a package is its test data.
 */
export const npm: PackageReader = {
  ecosystem: 'npm',
  claims: (path) => path.endsWith('/package.json') && RECORD.test(path),
  async read(path, bytes, beside) {
    const said = parsed(bytes);
    if (said === undefined) return { found: [], problems: ['it is no JSON object'] };
    const { name, version } = said;
    if (typeof name !== 'string' || typeof version !== 'string' || name === '' || version === '')
      return { found: [], problems: ['it has no `name` or no `version`'] };
    const licence = licenceOf(said);
    const it: Found = {
      name,
      version,
      ...(licence === undefined ? {} : { licence }),
      files: filesOf(path.slice(0, -'/package.json'.length), beside),
      requires: [...new Set(['dependencies', 'optionalDependencies', 'peerDependencies'].flatMap((field) => keysOf(said[field])))],
      provides: [],
    };
    return { found: [it], problems: [] };
  },
};

type Json = Readonly<Record<string, unknown>>;

function parsed(bytes: Uint8Array): Json | undefined {
  try {
    const said: unknown = JSON.parse(
      Buffer.from(bytes)
        .toString('utf8')
        .replace(/^\u{FEFF}/u, ''),
    );
    return isObject(said) ? said : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const keysOf = (value: unknown): readonly string[] => (isObject(value) ? Object.keys(value) : []);

/** An expression; before npm 3 an object, or a list of them. */
function licenceOf({ license, licenses }: Json): string | undefined {
  const all = [license, ...(Array.isArray(licenses) ? (licenses as unknown[]) : [licenses])];
  const named = all.flatMap((it) => (typeof it === 'string' ? it : isObject(it) && typeof it['type'] === 'string' ? it['type'] : []));
  return named.length > 0 ? named.join(' OR ') : undefined;
}

/** All in its folder but the packages inside it. */
function filesOf(folder: string, beside: Beside): readonly string[] {
  const inside = `${folder}/node_modules/`;
  return beside.below(folder).filter((path) => !path.startsWith(inside));
}
