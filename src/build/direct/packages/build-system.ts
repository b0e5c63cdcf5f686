import { getStaticTOMLValue, ParseError, parseTOML } from 'toml-eslint-parser';
import { shape, UserError } from '../../../base/index.ts';
import { placeOf, type Buildable } from './buildable.ts';

/** How a package is built: PEP 517, PEP 518. */
export interface BuildSystem {
  /** PEP 508. */
  readonly requires: readonly string[];
  /** `module:object`. */
  readonly backend: string;
  /** Folders of the package that hold its own back end. */
  readonly backendPath: readonly string[];
}

/** What a package without a build system is built with: PEP 517, “Source trees”; PEP 518, “build-system table”. */
const LEGACY: BuildSystem = { requires: ['setuptools>=40.8.0'], backend: 'setuptools.build_meta:__legacy__', backendPath: [] };

interface Table {
  readonly requires?: readonly string[];
  readonly 'build-backend'?: string;
  readonly 'backend-path'?: readonly string[];
}

const { listOf, object, text } = shape;
const table = object({}, { requires: listOf(text), 'build-backend': text, 'backend-path': listOf(text) });

/** The build system that a package's pyproject.toml names. Throws UserError where it is none. */
export function buildSystemOf(manifest: string | undefined, buildable: Buildable): BuildSystem {
  if (manifest === undefined) return LEGACY;
  const { 'build-system': system } = parsed(manifest, buildable);
  if (system === undefined) return LEGACY;
  const [flaw] = table(system, '');
  if (flaw) {
    const line = lineOf(/^[\w-]*/.exec(flaw.at)?.[0] ?? '', manifest);
    const what = `\`build-system${flaw.at === '' ? '' : `.${flaw.at}`}\` ${flaw.what}`;
    throw new UserError(`${whose(buildable)}${what}`, 'PEP 518 says how it is written', placeOf(buildable, { line }));
  }
  const { requires, 'build-backend': backend, 'backend-path': backendPath } = system as Table;
  return { requires: requires ?? LEGACY.requires, backend: backend ?? LEGACY.backend, backendPath: backendPath ?? [] };
}

function parsed(manifest: string, buildable: Buildable): { readonly 'build-system'?: unknown } {
  try {
    return getStaticTOMLValue(parseTOML(manifest)) as { readonly 'build-system'?: unknown };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const at = placeOf(buildable, { line: error.lineNumber, column: error.column + 1 });
    throw new UserError(
      `${whose(buildable)}invalid TOML: ${error.message}`,
      'mend the line; `python -m tomllib` reads the same format',
      at,
    );
  }
}

/** Said where the place is not its own file. */
const whose = ({ name, remote }: Buildable): string => (remote ? `in the pyproject.toml of \`${name}\`: ` : '');

/** Of a key of the table, or of the table itself. */
function lineOf(key: string, manifest: string): number {
  const lines = manifest.split('\n');
  const start = lines.findIndex((line) => /^\s*\[?\s*build-system\b/.test(line));
  const found = key === '' ? start : lines.findIndex((line, i) => i > start && line.trimStart().startsWith(key));
  return Math.max(found, start, 0) + 1;
}
