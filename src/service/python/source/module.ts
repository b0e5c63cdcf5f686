import { textFile, type TextFile } from '../../text.ts';
import { statementsIn, type ImportBinding, type Statement } from './tree.ts';

/** One parsed Python file. */
export interface Module {
  readonly file: TextFile;
  readonly path: string;
  /** `__init__.py`: the package itself. */
  readonly isPackage: boolean;
  readonly body: readonly Statement[];
  /** Every name that an import binds, in any scope. */
  readonly bindings: readonly ImportBinding[];
  /** Names bound by definitions and assignments at module level. */
  readonly defined: ReadonlySet<string>;
  /** Offset of the first syntax error. */
  readonly error?: number;
}

/** What a parser makes of one text; plain JSON. */
export interface Syntax {
  readonly body: readonly Statement[];
  /** Offset of the first syntax error. */
  readonly error?: number;
}

/** A file with its syntax, and what is asked of it most. */
export function moduleOf(path: string, text: string, { body, error }: Syntax): Module {
  const all = [...statementsIn(body)];
  return {
    file: textFile(path, text),
    path,
    isPackage: path === '__init__.py' || path.endsWith('/__init__.py'),
    body,
    bindings: all.flatMap((s) => (s.kind === 'import' ? s.bindings : [])),
    defined: new Set(definedIn(body)),
    ...(error === undefined ? {} : { error }),
  };
}

function* definedIn(statements: readonly Statement[]): Generator<string> {
  for (const s of statements) {
    if (s.kind === 'function' || s.kind === 'class') yield s.name;
    if (s.kind === 'assign') for (const t of s.targets) if (t.kind === 'name') yield t.name;
    if (s.kind === 'if') for (const b of s.branches) yield* definedIn(b.body);
    if (s.kind === 'try') for (const b of [s.body, ...s.handlers.map((h) => h.body), s.rest]) yield* definedIn(b);
    if (s.kind === 'with') yield* definedIn(s.body);
  }
}
