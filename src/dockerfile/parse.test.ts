import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asGo, askBuildkit, buildkitFixtures, expandInBuildkit, treeOf, whyNoBuildkit, type Answer } from './buildkit.testing.ts';
import { anyDockerfile, directedDockerfiles, word } from './dockerfiles.testing.ts';
import { decodeText, encodeText, expand, parse } from './index.ts';

/** What differs between our reading and BuildKit's; undefined where nothing does. */
function difference(text: string, theirs: Answer): unknown {
  const { problems, escape } = parse(text);
  if (theirs.parseError !== undefined) {
    const first = problems[0];
    const lines = [...new Set(theirs.parseError.lines)];
    const ours = first && { start: first.startLine, end: first.endLine };
    if (first !== undefined && lines[0] === first.startLine && lines.at(-1) === Math.max(first.startLine, first.endLine)) return undefined;
    return { text, ours, problem: first?.code, theirs: theirs.parseError };
  }
  if (problems.length > 0) return { text, ours: problems[0], theirs: 'accepted' };
  if (escape !== theirs.escape) return { text, ours: escape, theirs: theirs.escape };
  const ours = treeOf(text);
  return JSON.stringify(sorted(ours)) === JSON.stringify(sorted(theirs.tree)) ? undefined : { text, ours, theirs: theirs.tree };
}

/** The same value with the keys of its objects in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => [k, sorted(v)]),
  );
}

describe.skipIf(whyNoBuildkit !== undefined)('BuildKit reads the same', () => {
  test('in its own fixtures', () => {
    const fixtures = buildkitFixtures();
    expect(fixtures.length).toBeGreaterThan(35);
    const texts = fixtures.map((fixture) => decodeText(fixture.bytes));
    const differing = askBuildkit(texts).flatMap((answer, i) => difference(texts[i] ?? '', answer) ?? []);
    expect(differing).toEqual([]);
  });

  test('in generated files', () => {
    const texts = [
      ...directedDockerfiles,
      ...fc.sample(anyDockerfile, {
        numRuns: Number(process.env['PLIMSOLL_FILES'] ?? 3000),
        seed: Number(process.env['PLIMSOLL_SEED'] ?? 4),
      }),
    ];
    const answers = askBuildkit(texts);
    const differing = answers.flatMap((answer, i) => difference(texts[i] ?? '', answer) ?? []);
    expect(
      differing
        .toSorted((a, b) => JSON.stringify(a).length - JSON.stringify(b).length)
        .slice(0, 5)
        .map((d) => JSON.stringify(d)),
    ).toEqual([]);
    expect(answers.filter((answer) => answer.parseError === undefined).length).toBeGreaterThan(texts.length / 4);
  });

  test('in generated words', () => {
    const env = { a: 'aXbXc', foo: 'foo/bar/foo', B: '', x1: 'a b', build: '\n*', é: 'ü' };
    const words = fc.sample(word, { numRuns: 4000, seed: 5 }).map((text, i) => ({ text, escape: i % 3 === 0 ? '`' : '\\', env }));
    const differing = expandInBuildkit(words).flatMap((theirs, i) => {
      const { text, escape } = words[i] ?? { text: '', escape: '' };
      const ours = expand(text, (name) => (env as Record<string, string>)[name], { escape });
      const shape = { matched: [...ours.matched].toSorted(), unmatched: [...ours.unmatched].toSorted() };
      const same =
        (ours.problem !== undefined) === (theirs.error !== undefined) &&
        JSON.stringify([shape.matched.map(asGo), shape.unmatched.map(asGo)]) === JSON.stringify([theirs.matched, theirs.unmatched]) &&
        (theirs.error !== undefined ||
          JSON.stringify([asGo(ours.value), ours.words.map(asGo)]) === JSON.stringify([theirs.value, theirs.words]));
      return same ? [] : [{ text, escape, ours, theirs }];
    });
    expect(differing.slice(0, 5)).toEqual([]);
  });
});

describe('nothing is lost', () => {
  test('the nodes and the blanks between them are the text', () => {
    fc.assert(
      fc.property(anyDockerfile, (text) => {
        const { nodes } = parse(text);
        let end = 0;
        for (const { span } of nodes.filter((node, i) => !nodes.slice(0, i).some((outer) => outer.span.end > node.span.start))) {
          expect(text.slice(end, span.start).replace(/^\uFEFF/, '')).toMatch(/^[\s\u0085]*$/);
          expect(span.end).toBeGreaterThanOrEqual(span.start);
          end = span.end;
        }
        expect(text.slice(end)).toMatch(/^[\s\u0085\uFEFF]*$/);
      }),
      { numRuns: 1000 },
    );
  });

  test('any bytes come back from their text', () => {
    const bytes = fc.uint8Array({ maxLength: 40 });
    const almost = fc
      .array(fc.constantFrom(0xed, 0xa0, 0x80, 0xf0, 0x9f, 0x98, 0x80, 0xc3, 0xa9, 0x41, 0xef, 0xbb, 0xbf, 0xff), { maxLength: 12 })
      .map((a) => Uint8Array.from(a));
    fc.assert(
      fc.property(fc.oneof(bytes, almost), (b) => {
        expect([...encodeText(decodeText(b))]).toEqual([...b]);
      }),
      { numRuns: 2000 },
    );
  });
});
