import { satisfies, type VersionOperator } from '../../../base/index.ts';

/** One alternative of a dependency: deb-control(5). The architecture qualifier (`:any`) is dropped: one architecture is built at a time. */
export interface Relation {
  readonly name: string;
  readonly constraint?: { readonly operator: VersionOperator; readonly version: string };
}

/** Alternatives in the order of the package's author: any one of them will do. */
export type Dependency = readonly Relation[];

/** The dependencies of a Depends, Pre-Depends or Provides field. What cannot be read is a broken index: Error. */
export function parseRelations(field: string): Dependency[] {
  return field
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => part.split('|').map((alternative) => parseRelation(alternative.trim())));
}

const shape = /^([a-z0-9][a-z0-9+.-]*)(?::[a-z0-9-]+)?\s*(?:\(\s*(<<|<=|=|>=|>>|<|>)\s*([^\s)]+)\s*\))?\s*(?:\[[^\]]*\])?$/;

function parseRelation(text: string): Relation {
  const found = shape.exec(text);
  if (!found?.[1]) throw new Error(`not a package relation: ${text}`);
  if (found[2] === undefined || found[3] === undefined) return { name: found[1] };
  return { name: found[1], constraint: { operator: operators[found[2]] ?? '=', version: found[3] } };
}

// `<` and `>` mean `<=` and `>=`: deb-control(5), kept for old packages.
const operators: Readonly<Record<string, VersionOperator>> = {
  '<': '<=',
  '>': '>=',
  '<<': '<<',
  '<=': '<=',
  '=': '=',
  '>=': '>=',
  '>>': '>>',
};

/** Whether a version meets the relation. A provided name without a version meets only a relation without one: Debian Policy 7.5. */
export function meets(version: string | undefined, relation: Relation): boolean {
  if (!relation.constraint) return true;
  return version !== undefined && satisfies(version, relation.constraint.operator, relation.constraint.version);
}

/** As it is written in a control file. */
export const formatDependency = (dependency: Dependency): string =>
  dependency.map((r) => (r.constraint ? `${r.name} (${r.constraint.operator} ${r.constraint.version})` : r.name)).join(' | ');
