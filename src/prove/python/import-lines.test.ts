import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importsOf } from './import-lines.ts';

const lines = (source: string) =>
  importsOf(source).map(
    (it) => `${it.line} ${'.'.repeat(it.level)}${it.module}${it.names.length > 0 ? `(${it.names.join(' ')})` : ''} ${it.guarded}`,
  );

describe('imports are found where Python would run them', () => {
  test('both forms, dots, brackets, continuation and aliases', () => {
    expect(
      lines(
        'import a.b as c, d\nfrom . import e\nfrom ..f.g import (h,  # why\n  i as j,\n)\nfrom k \\\n  import l\nfrom .m import *\nfrom.n import o',
      ),
    ).toEqual(['1 a.b no', '1 d no', '2 .(e) no', '3 ..f.g(h i) no', '6 k(l) no', '8 .m(*) no', '9 .n(o) no']);
  });
  test('a class body and a finally run; functions, ifs and loops may not', () => {
    expect(
      lines(
        'class A:\n  import a\ndef f():\n  import b\nif x:\n  import c\nelse:\n  import d\nasync def g(): import e\ntry:\n  pass\nfinally:\n  import f\nimport g',
      ),
    ).toEqual(['2 a no', '4 b yes', '6 c yes', '8 d yes', '9 e yes', '13 f no', '14 g no']);
  });
  test('a try guards when one of its handlers takes an ImportError, or the OSError of a library that cannot be opened', () => {
    expect(
      lines(
        'try:\n  import a\nexcept KeyError:\n  pass\nexcept (ValueError, ImportError):\n  import b\nelse:\n  import c\ntry:\n  import d\nexcept ValueError:\n  pass\ntry:\n  import e\nexcept OSError:\n  pass\n',
      ),
    ).toEqual(['2 a yes', '6 b yes', '8 c yes', '10 d no', '14 e yes']);
    expect(lines('try: import a\nexcept: a = None\nimport b')).toEqual(['1 a yes', '3 b no']);
    expect(lines('with suppress(ImportError):\n  import a\nwith open(x) as f:\n  import b')).toEqual(['2 a yes', '4 b no']);
  });
  test('the main block is told apart', () => {
    expect(
      lines('if __name__ == "__main__":\n    import uvicorn\n    try:\n        import x\n    except ImportError:\n        pass'),
    ).toEqual(['2 uvicorn main', '4 x yes']);
  });
  test('strings, f-strings with the same quotes, and comments hold no imports', () => {
    expect(
      lines(
        'x = """\nimport a\n"""\ny = f"{d["k"]}\\"" # import b\n\'\'\'import c\n\'\'\'; import d\nz = (1,\nimport_e)\nfrom_ = 1\nimport f',
      ),
    ).toEqual(['5 d no', '10 f no']);
  });
});

const python = ['/usr/bin/python3', 'python3'].find((name) => {
  try {
    return (
      execFileSync(name, ['-c', 'import sys; print(sys.version_info >= (3, 11))'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim() === 'True'
    );
  } catch {
    return false;
  }
});

/** Python's own parser: every import, and whether it stands under a function, if, loop, match, or a try that may take an ImportError. */
const ORACLE = String.raw`
import ast, json, sys
def names(t):
    return {n.id for n in ast.walk(t) if isinstance(n, ast.Name)} | {n.attr for n in ast.walk(t) if isinstance(n, ast.Attribute)}
CATCH = {'ImportError', 'ModuleNotFoundError', 'Exception', 'BaseException'}
def takes(h): return h.type is None or bool(names(h.type) & CATCH)
def walk(body, g, out):
    for s in body:
        if isinstance(s, ast.Import):
            for a in s.names: out.append([s.lineno, 0, a.name, [], g])
        elif isinstance(s, ast.ImportFrom): out.append([s.lineno, s.level, s.module or '', [a.name for a in s.names], g])
        elif isinstance(s, ast.ClassDef): walk(s.body, g, out)
        elif isinstance(s, ast.With):
            t = ast.unparse(ast.Tuple([i.context_expr for i in s.items], ast.Load()))
            walk(s.body, True if 'suppress(' in t and any(c in t for c in CATCH) else g, out)
        elif isinstance(s, (ast.Try, ast.TryStar)):
            t = g or any(takes(h) for h in s.handlers)
            walk(s.body, t, out)
            for h in s.handlers: walk(h.body, True, out)
            walk(s.orelse, True, out); walk(s.finalbody, g, out)
        elif isinstance(s, ast.If):
            walk(s.body, True, out); walk(s.orelse, True, out)
        else:
            for f in ('body', 'orelse'): walk(getattr(s, f, []), True, out)
            for c in getattr(s, 'cases', []): walk(c.body, True, out)
for path in sys.stdin.read().split('\n'):
    out = []
    try: walk(ast.parse(open(path, 'rb').read()).body, False, out)
    except (SyntaxError, ValueError): out = None
    print(json.dumps(out))
`;

describe.skipIf(python === undefined)('agrees with Python’s own parser', () => {
  test('on every fourth module of the standard library', () => {
    const root = execFileSync(python!, ['-c', 'import os; print(os.path.dirname(os.__file__))'], { encoding: 'utf8' }).trim();
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.py') && !/(site|dist)-packages|lib2to3\/tests|\btests?\b/.test(path))
      .map((path) => join(root, path))
      .toSorted()
      .filter((_, index) => index % 4 === 0);
    const wanted = execFileSync(python!, ['-W', 'ignore', '-c', ORACLE], { input: files.join('\n'), encoding: 'utf8', maxBuffer: 1 << 28 })
      .trimEnd()
      .split('\n');
    const differing: string[] = [];
    for (const [index, file] of files.entries()) {
      const expected = JSON.parse(wanted[index] ?? 'null') as [number, number, string, string[], boolean][] | null;
      if (expected === null) continue;
      const say = (it: readonly [number, number, string, readonly string[], boolean]): string => it.join('|');
      const got = importsOf(readFileSync(file, 'latin1')).map((it) => say([it.line, it.level, it.module, it.names, it.guarded !== 'no']));
      const want = expected.map((it) => say(it));
      if (got.toSorted().join('\n') !== want.toSorted().join('\n'))
        differing.push(
          `${file}\n  ${got.filter((it) => !want.includes(it)).join('; ')}\n  ${want.filter((it) => !got.includes(it)).join('; ')}`,
        );
    }
    expect(files.length).toBeGreaterThan(100);
    expect(differing).toEqual([]);
  });
});
