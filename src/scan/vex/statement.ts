import type { Advisory, ScannedPackage } from '../types.ts';

/** Somebody's word that a vulnerability does not concern a package here. */
export interface VexStatement {
  readonly names: readonly string[];
  /** A package URL, whose version and qualifiers need not be there. */
  readonly purls: readonly string[];
  /** In the words of its document: `vulnerable_code_not_in_execute_path`. */
  readonly justification: string;
  /** The file. */
  readonly from: string;
  covers(one: ScannedPackage, advisory: Pick<Advisory, 'id' | 'aliases'>): boolean;
}

export function statementOf(parts: Omit<VexStatement, 'covers'>): VexStatement {
  const names = new Set(parts.names.map((name) => name.toLowerCase()));
  return {
    ...parts,
    covers: (one, { id, aliases }) =>
      [id, ...aliases].some((name) => names.has(name.toLowerCase())) && parts.purls.some((purl) => isOf(purl, one.purl)),
  };
}

/** purl-spec: what a purl leaves out holds for all of it. Qualifiers that it has must be the same. */
export function isOf(wanted: string, purl: string): boolean {
  const [a, b] = [partsOf(wanted), partsOf(purl)];
  return (
    a.name === b.name &&
    (a.version === undefined || a.version === b.version) &&
    [...a.qualifiers].every(([key, value]) => b.qualifiers.get(key) === value)
  );
}

function partsOf(purl: string): { name: string; version: string | undefined; qualifiers: URLSearchParams } {
  const [, name = purl, version, query = ''] = /^(pkg:[^@?#]+)(?:@([^?#]+))?(?:\?([^#]*))?/.exec(purl) ?? [];
  return { name: decoded(name), version: version === undefined ? undefined : decoded(version), qualifiers: new URLSearchParams(query) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
