import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parsePython } from './grammar.ts';
import { moduleOf } from './module.ts';
import { parseSource } from './parse.ts';
import { callsOf } from './walk.ts';

const VALID = [
  'def f():\n    yield\n',
  'def f():\n    x = yield\n',
  'f = lambda: (yield)\n',
  'x = 24. * 3.\n',
  'with a as (b, c):\n    pass\n',
  'with a as self.b:\n    pass\n',
  'with a as b[0], c as d.e:\n    pass\n',
  'with (open("a") as f, open("b") as g):\n    pass\n',
  'with (\n    open("a") as f,  # one\n    open("b") as g,\n):\n    f()\n',
  'with (a):\n    pass\n',
  'with (a, b) as c:\n    pass\n',
  'with (a).b() as c:\n    pass\n',
  'match x:\n    case a.B():\n        pass\n    case A() | B(c=1):\n        pass\n    case {"k": v, **rest} if v:\n        pass\n',
  'async def f():\n    async with a as (b, c):\n        await d\n',
  'try:\n    pass\nexcept* E:\n    pass\n',
  'x = f"{a!r:>{w}} {b=}"\n',
  'print("x", file=y)\n',
  'if (n := f()) > 1:\n    pass\n',
  'def f(a, /, b, *, c): ...\n',
  'x: int = 3\n',
  'a = b = c\n',
  'for a, *b in c:\n    pass\nelse:\n    pass\n',
  'class A(B, metaclass=C): pass\n',
];
const INVALID: readonly (readonly [string, number])[] = [
  ['def f(:\n    pass\n', 6],
  ['x = \n', 4],
  ['return a +\n', 10],
  ['print "x"\n', 0],
  ['a b\n', 2],
  ['with (a as b:\n    pass\n', 8],
  ['x = (1,\n', 8],
];

test.each(VALID)('%j is valid', (source) => {
  expect(parsePython(source).error).toBeUndefined();
});

test.each(INVALID)('%j has an error', (source, offset) => {
  const { error } = parsePython(source);
  expect(error).toBeDefined();
  expect(Math.abs((error ?? 0) - offset)).toBeLessThanOrEqual(8);
});

test('what is rewritten for the grammar keeps its calls and its places', () => {
  const source = 'with (\n    open("a") as self.f,\n    lock() as (b, c),\n):\n    work(24.)\n';
  expect(callsOf(moduleOf('x.py', source, parseSource(source))).map(({ call }) => source.slice(call.from, call.to))).toEqual([
    'open("a")',
    'lock()',
    'work(24.)',
  ]);
});

function standardLibrary(): readonly string[] {
  try {
    const folder = execFileSync('python3', ['-c', 'import os; print(os.path.dirname(os.__file__))'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    return readdirSync(folder)
      .filter((f) => f.endsWith('.py'))
      .map((f) => join(folder, f))
      .filter((f) => statSync(f).size < 12_000)
      .slice(0, 60);
  } catch {
    return [];
  }
}
const files = standardLibrary();

test.skipIf(files.length === 0)("no file of Python's own library is said to be broken", () => {
  expect(files.filter((f) => parsePython(readFileSync(f, 'utf8')).error !== undefined)).toEqual([]);
});
