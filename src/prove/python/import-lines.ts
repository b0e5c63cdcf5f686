import { endOfLogicalLine, indentOf, isBlankLine } from './logical-line.ts';

/** One import statement of a module. */
export interface ImportLine {
  /** Dots before the module of a relative import. */
  readonly level: number;
  /** Empty for `from . import a`. */
  readonly module: string;
  /** What `from … import` names, `*` included; empty for `import a.b`. */
  readonly names: readonly string[];
  /** From 1. */
  readonly line: number;
  /**
   * `no`: runs whenever the module is imported. `main`: only in the module that is started. `yes`: in a function, under
   * an `if`, or in a `try` that expects it to fail.
   */
  readonly guarded: 'no' | 'main' | 'yes';
}

type Kind = 'plain' | 'guard' | 'main' | 'try';

interface Block {
  readonly indent: number;
  readonly kind: Kind;
  /** Of a `try`: whether one of its handlers takes an ImportError. Known only after its body. */
  catches: boolean;
}

interface Found extends Omit<ImportLine, 'guarded'> {
  readonly blocks: readonly Block[];
}

const HEADERS = new Set([
  'def',
  'async',
  'class',
  'if',
  'elif',
  'else',
  'try',
  'except',
  'finally',
  'with',
  'for',
  'while',
  'match',
  'case',
]);
/** OSError is what a module raises that cannot open its library: cffi, ctypes. */
const IMPORT_ERRORS = /\b(ImportError|ModuleNotFoundError|OSError|Exception|BaseException)\b/;

/**
 * The import statements of a Python source. Only logical lines, blocks and strings are told apart, which is all that
 * imports need: hundreds of files of the dependencies are read, and a whole syntax tree of each takes seconds
 * (measured over the standard library: this reads 100 MB/s, @lezer/python below 1 MB/s). Never throws.
 * Source: Python Language Reference, 2.1 "Line structure", 7.11 "The import statement".
 */
export function importsOf(source: string): readonly ImportLine[] {
  const found: Found[] = [];
  const blocks: Block[] = [];
  /** The last block that began at an indentation: what `else`, `except` and `finally` belong to. */
  const last = new Map<number, Block>();
  let line = 1;
  for (let at = 0; at < source.length;) {
    const { end, colon, semicolons, newlines } = endOfLogicalLine(source, at);
    if (!isBlankLine(source, at, end)) {
      const { indent, start } = indentOf(source, at);
      while (blocks.length > 0 && blocks.at(-1)!.indent >= indent) blocks.pop();
      const word = wordAt(source, start);
      const isHeader = HEADERS.has(word) && colon >= 0;
      const block = isHeader ? blockOf(word, source.slice(start, colon), indent, last.get(indent)) : undefined;
      const around = block ? [...blocks, block] : blocks;
      const from = block ? colon + 1 : start;
      // A header may have its suite on the same line: `if x: import y`.
      collect(source, [from, ...semicolons.filter((it) => it >= from).map((it) => it + 1)], end, line, around, found);
      if (block) {
        blocks.push(block);
        // The next handler belongs to the same `try`.
        if (word !== 'except') last.set(indent, block);
      }
    }
    line += newlines;
    at = end;
  }
  return found.map(({ blocks: around, ...it }) => ({ ...it, guarded: guardedBy(around) }));
}

function guardedBy(blocks: readonly Block[]): ImportLine['guarded'] {
  if (blocks.some((block) => block.kind === 'guard' || (block.kind === 'try' && block.catches))) return 'yes';
  return blocks.some((block) => block.kind === 'main') ? 'main' : 'no';
}

function blockOf(word: string, header: string, indent: number, before: Block | undefined): Block {
  const block = (kind: Kind): Block => ({ indent, kind, catches: false });
  switch (word) {
    case 'class':
    case 'finally':
      return block('plain');
    case 'try':
      return block('try');
    case 'if':
      return block(/^if\s*\(?\s*__name__\s*==\s*(['"])__main__\1/.test(header) ? 'main' : 'guard');
    case 'except':
      if (before?.kind === 'try' && (/^except\s*\*?\s*$/.test(header) || IMPORT_ERRORS.test(header))) before.catches = true;
      return block('guard');
    case 'with':
      return block(/\bsuppress\s*\(/.test(header) && IMPORT_ERRORS.test(header) ? 'guard' : 'plain');
    case 'async':
      return block(/^async\s+with\b/.test(header) ? 'plain' : 'guard');
    default:
      return block('guard');
  }
}

function collect(source: string, starts: readonly number[], end: number, line: number, blocks: readonly Block[], found: Found[]): void {
  for (const [index, from] of starts.entries()) {
    const { start } = indentOf(source, from);
    const word = wordAt(source, start);
    if (word !== 'import' && word !== 'from') continue;
    const next = starts[index + 1];
    const text = plainText(source.slice(start, next === undefined ? end : next - 1));
    for (const it of readImport(text)) found.push({ ...it, line, blocks: [...blocks] });
  }
}

/** On one line, without comments and parentheses. */
const plainText = (text: string): string =>
  text
    .replaceAll(/#[^\r\n]*/g, '')
    .replaceAll(/\\\r?\n|[()\r\n]/g, ' ')
    .trim();

function readImport(text: string): Pick<ImportLine, 'level' | 'module' | 'names'>[] {
  const [, dots, module, list] =
    /^from\s*([.\s]*)([\w.]*)\s+import\b\s*(.*)$/.exec(text) ?? /^from\s*(\.[.\s]*)()import\b\s*(.*)$/.exec(text) ?? [];
  if (dots !== undefined && module !== undefined && list !== undefined)
    return [{ level: dots.replaceAll(/\s/g, '').length, module, names: names(list) }];
  if (!text.startsWith('import')) return [];
  return names(text.slice('import'.length)).map((name) => ({ level: 0, module: name, names: [] }));
}

const names = (list: string): string[] =>
  list.split(',').flatMap((it) => {
    const name = it.trim().split(/\s+/, 1)[0] ?? '';
    return name === '' ? [] : [name];
  });

function wordAt(source: string, at: number): string {
  let end = at;
  while (end < source.length && isWordCode(source.charCodeAt(end))) end += 1;
  return source.slice(at, end);
}

const isWordCode = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || (code >= 48 && code <= 57);
