import { parseTOML, getStaticTOMLValue } from 'toml-eslint-parser';
import { readText, type Files } from '../../../../base/index.ts';
import type { DependencySource } from '../../../../plan/index.ts';

/** An index that the repository names. */
export interface DeclaredIndex {
  /** For logins from the environment. */
  readonly name?: string;
  /** May hold `${VARIABLE}`. */
  readonly url: string;
  /** In place of the public one. */
  readonly isDefault: boolean;
  /** uv finds it in the manifest by itself when it resolves, and what it is there for. */
  readonly isKnown?: true;
  /** For packages that name it alone. */
  readonly isExplicit?: true;
}

export interface Declared {
  readonly indexes: readonly DeclaredIndex[];
  readonly links: readonly string[];
}

interface Source {
  readonly name?: string;
  readonly url?: string;
  readonly default?: boolean;
  readonly explicit?: boolean;
  readonly priority?: string;
}

/** The indexes that the manifests of a source name: uv's, Poetry's, PDM's and Pipenv's tables, options in requirements files. */
export async function declaredIndexes(source: DependencySource | undefined, files: Files): Promise<Declared> {
  switch (source?.kind) {
    case 'requirements': {
      const texts = await Promise.all(source.files.map((file) => readText(files, file)));
      return { indexes: texts.flatMap(optionsIn), links: texts.flatMap((text) => valuesOf(text, /^\s*(?:--find-links|-f)[\s=]+(\S+)/gm)) };
    }
    case 'pyproject':
      return indexesIn(await readText(files, source.file));
    case 'uv.lock':
    case 'poetry.lock':
    case 'pdm.lock':
      return indexesIn(await readText(files, source.manifest));
    case 'Pipfile.lock':
      return { indexes: inPipfile(await readText(files, source.manifest)), links: [] };
    case 'pylock.toml':
      return { indexes: inPylock(await readText(files, source.file)), links: [] };
    default:
      return { indexes: [], links: [] };
  }
}

const optionsIn = (text: string): DeclaredIndex[] => [
  ...valuesOf(text, /^\s*(?:--index-url|-i|--pypi-url)[\s=]+(\S+)/gm).map((url) => ({ url, isDefault: true })),
  ...valuesOf(text, /^\s*--extra-index-url[\s=]+(\S+)/gm).map((url) => ({ url, isDefault: false })),
];

const valuesOf = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, value = '']) => value);

/** Those in a pyproject.toml. */
export function indexesIn(text: string): Declared {
  const { tool } = getStaticTOMLValue(parseTOML(text)) as {
    tool?: {
      uv?: { index?: readonly Source[]; 'index-url'?: string; 'extra-index-url'?: readonly string[]; 'find-links'?: readonly string[] };
      poetry?: { source?: readonly Source[] };
      pdm?: { source?: readonly Source[] };
    };
  };
  const { uv, poetry, pdm } = tool ?? {};
  return {
    indexes: [
      ...(uv?.index ?? []).flatMap((s) => indexOf(s, s.default === true).map(known)),
      ...(uv?.['index-url'] === undefined ? [] : [known({ url: uv['index-url'], isDefault: true })]),
      ...(uv?.['extra-index-url'] ?? []).map((url) => known({ url, isDefault: false })),
      ...(poetry?.source ?? []).flatMap((s) => indexOf(s, s.default === true || s.priority === 'default')),
      // PDM replaces the public index by a source of that name.
      ...(pdm?.source ?? []).flatMap((s) => indexOf(s, s.name === PUBLIC)),
    ],
    links: uv?.['find-links'] ?? [],
  };
}

const known = (index: DeclaredIndex): DeclaredIndex => ({ ...index, isKnown: true });

/** What tools call the public index; its address is their own. */
const PUBLIC = 'pypi';

function indexOf({ name, url, explicit, priority }: Source, isDefault: boolean): DeclaredIndex[] {
  if (url === undefined) return [];
  const isExplicit = explicit === true || priority === 'explicit' ? { isExplicit: true as const } : {};
  return [{ ...(name === undefined ? {} : { name }), url, isDefault, ...isExplicit }];
}

/** The one of that name is what each Pipfile begins with: the machine knows where it is. */
function inPipfile(text: string): DeclaredIndex[] {
  const { source = [] } = getStaticTOMLValue(parseTOML(text)) as { source?: readonly Source[] };
  return source.filter((s) => s.name !== PUBLIC).flatMap((s) => indexOf(s, false));
}

function inPylock(text: string): DeclaredIndex[] {
  const { packages = [] } = getStaticTOMLValue(parseTOML(text)) as { packages?: readonly { index?: string }[] };
  return [...new Set(packages.flatMap(({ index }) => index ?? []))].map((url) => ({ url, isDefault: false }));
}
