/** A package as any maker's SBOM names it, without qualifiers: `pkg:deb/debian/libc6@2.36`. */
export interface Named {
  /** `pkg:deb/debian/libc6`. */
  readonly what: string;
  readonly version: string;
}

/** Kinds of package URLs that image records name. Others (programs in Go, files) are for other tools to judge. */
const TYPES = /^pkg:(?:deb|apk|rpm|pypi|npm)\//;

/** The packages that a CycloneDX or SPDX document names by package URL; undefined where it is neither. */
export function namedIn(document: Uint8Array): readonly Named[] | undefined {
  const said = parsed(document);
  const purls = said['bomFormat'] === 'CycloneDX' ? inCycloneDx(said) : typeof said['spdxVersion'] === 'string' ? inSpdx(said) : undefined;
  return purls?.flatMap((purl) => named(purl) ?? []);
}

/** Undefined for a kind that no record of an image has. */
export function named(purl: string): Named | undefined {
  const [, what, version] = /^(pkg:[^?#]+?)@([^?#@]*)(?:[?#].*)?$/.exec(purl) ?? [];
  return what === undefined || version === undefined || !TYPES.test(what) ? undefined : { what: decoded(what), version: decoded(version) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const objectsIn = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
const textsIn = (value: unknown): readonly string[] => (typeof value === 'string' ? [value] : []);

function parsed(document: Uint8Array): Json {
  try {
    const said: unknown = JSON.parse(Buffer.from(document).toString('utf8'));
    return isObject(said) ? said : {};
  } catch {
    return {};
  }
}

/** Components may hold components. */
function inCycloneDx({ components }: Json): string[] {
  const found: string[] = [];
  for (const todo = [...objectsIn(components)]; todo.length > 0;) {
    const one = todo.pop()!;
    found.push(...textsIn(one['purl']));
    todo.push(...objectsIn(one['components']));
  }
  return found;
}

const inSpdx = ({ packages }: Json): string[] =>
  objectsIn(packages).flatMap((one) =>
    objectsIn(one['externalRefs']).flatMap((ref) => (ref['referenceType'] === 'purl' ? textsIn(ref['referenceLocator']) : [])),
  );
