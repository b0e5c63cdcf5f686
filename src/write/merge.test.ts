import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergePatterns, mergeTexts, openConflict } from './merge.ts';

/** Lines as a Dockerfile has them: many are empty, some come twice. */
const line = fc.oneof(
  { weight: 2, arbitrary: fc.constant('') },
  { weight: 3, arbitrary: fc.constantFrom('RUN a \\', '    && b', 'FROM python', '# why', 'COPY . .') },
  { weight: 5, arbitrary: fc.nat(99).map((n) => `ENV N=${n}`) },
);
const text = fc.array(line, { maxLength: 30 }).map((lines) => lines.join('\n'));

/** An edit: at a place, so many lines are replaced by others. */
const edit = fc.record({ at: fc.nat(30), drop: fc.nat(3), add: fc.array(line, { maxLength: 3 }) });
const edited = (base: string, edits: readonly { at: number; drop: number; add: string[] }[]): string => {
  const lines = base.split('\n');
  for (const { at, drop, add } of edits) lines.splice(at % (lines.length + 1), drop, ...add);
  return lines.join('\n');
};
const edits = fc.array(edit, { maxLength: 4 });

/** Lines of `text` that `other` does not have, each as often as it has more of them. */
function more(text: string, other: string): string[] {
  const left = other.split('\n');
  return text.split('\n').filter((each) => {
    const at = left.indexOf(each);
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
}

/** `git merge-file`: exit code, and the text. */
function git(base: string, yours: string, ours: string): { conflicts: number; text: string } {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-merge-'));
  try {
    for (const [name, content] of Object.entries({ base, yours, ours })) writeFileSync(join(folder, name), content);
    const end = spawnSync('git', ['merge-file', '-p', 'yours', 'base', 'ours'], { cwd: folder, encoding: 'utf8' });
    if (end.status === null || end.status > 127) throw new Error(end.stderr);
    return { conflicts: end.status, text: end.stdout };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('merging three texts', () => {
  test('every line that a person wrote is in the result, whatever is generated', () => {
    fc.assert(
      fc.property(text, edits, text, (base, changes, ours) => {
        const yours = edited(base, changes);
        const merged = mergeTexts(base, yours, ours).text;
        expect(more(more(yours, base).join('\n'), merged).filter((each) => each !== '')).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('every line that is new in the generation is in the result', () => {
    fc.assert(
      fc.property(text, edits, edits, (base, changes, generation) => {
        const ours = edited(base, generation);
        const merged = mergeTexts(base, edited(base, changes), ours).text;
        expect(more(more(ours, base).join('\n'), merged).filter((each) => each !== '')).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('without edits of a person it is the new text; without a new text it is theirs, byte for byte', () => {
    fc.assert(
      fc.property(text, text, fc.constantFrom('\n', '\r\n'), (base, other, end) => {
        expect(mergeTexts(base, base, other)).toEqual({ text: other, conflicts: [], base: other });
        const yours = other.replaceAll('\n', end);
        expect(mergeTexts(base, yours, base)).toEqual({ text: yours, conflicts: [], base });
      }),
    );
  });

  test('a second merge changes nothing', () => {
    fc.assert(
      fc.property(text, edits, edits, (base, changes, generation) => {
        const ours = edited(base, generation);
        const first = mergeTexts(base, edited(base, changes), ours);
        expect(mergeTexts(first.base, first.text, ours).text).toBe(first.text);
      }),
    );
  });

  test('a line that a person took out comes back only in a conflict', () => {
    const lines = Array.from({ length: 12 }, (_, i) => `line ${i}`);
    const chosen = fc.subarray(lines);
    fc.assert(
      fc.property(chosen, chosen, (yours, ours) => {
        const merged = mergeTexts(lines.join('\n'), yours.join('\n'), ours.join('\n'));
        if (merged.conflicts.length > 0) return;
        expect(merged.text.split('\n').filter((each) => each !== '')).toEqual(
          lines.filter((each) => yours.includes(each) && ours.includes(each)),
        );
      }),
    );
  });

  test('is as git merges, where each line is there once', () => {
    const lines = Array.from({ length: 14 }, (_, i) => `line ${i}`);
    const side = (name: string) =>
      fc
        .array(fc.constantFrom(...Array.from({ length: 20 }, () => 'keep'), 'drop', 'change', 'add'), { minLength: 14, maxLength: 14 })
        .map((what) =>
          lines.flatMap((each, i) => {
            if (what[i] === 'drop') return [];
            if (what[i] === 'change') return [`${each} ${name}`];
            return what[i] === 'add' ? [each, `${each}+ ${name}`] : [each];
          }),
        );
    let cleanOnes = 0;
    fc.assert(
      fc.property(side('A'), side('B'), (a, b) => {
        const [base, yours, ours] = [lines, a, b].map((each) => each.map((l) => `${l}\n`).join('')) as [string, string, string];
        const merged = mergeTexts(base, yours, ours);
        const oracle = git(base, yours, ours);
        expect(merged.conflicts.length > 0).toBe(oracle.conflicts > 0);
        if (merged.conflicts.length > 0) return;
        cleanOnes += 1;
        expect(merged.text).toBe(oracle.text);
      }),
      { numRuns: 40 },
    );
    expect(cleanOnes).toBeGreaterThan(0);
  });

  test('a conflict holds both, and its line is named', () => {
    const merged = mergeTexts('a\nb\nc\n', 'a\nmine\nc\n', 'a\ntheirs\nc\n');
    expect(merged.text).toBe('a\n<<<<<<< yours\nmine\n=======\ntheirs\n>>>>>>> plimsoll\nc\n');
    expect(merged.conflicts).toEqual([2]);
    expect(openConflict(merged.text)).toBe(2);
  });

  test('Windows line ends stay, in the lines that come in too', () => {
    const merged = mergeTexts('a\nb\nc\nd\n', 'a\r\nb\r\nc\r\nmine\r\n', 'new\nb\nc\nd\n');
    expect(merged).toMatchObject({ text: 'new\r\nb\r\nc\r\nmine\r\n', conflicts: [] });
  });
});

describe('merging patterns', () => {
  test('what a person has stays, and what is missing comes below it, once', () => {
    const first = mergePatterns('', '# mine\n*.sqlite\n.git\n', '# header\n.git\n.venv\n');
    expect(first).toEqual({ text: '# mine\n*.sqlite\n.git\n\n# header\n.venv\n', conflicts: [], base: '# header\n.venv\n' });
    expect(mergePatterns(first.base, first.text, '# header\n.git\n.venv\n').text).toBe(first.text);
  });

  test('what is generated no longer goes away, unless it was the person’s own', () => {
    const first = mergePatterns('', '.git\n', '.git\n.venv\n');
    expect(mergePatterns(first.base, first.text, 'docs\n').text).toBe('.git\ndocs\n');
  });

  test('what a person took out, or has an exception for, does not come back', () => {
    expect(mergePatterns('.git\ndocs\n', '.git\n', '.git\ndocs\ntests\n').text).toBe('.git\ntests\n');
    expect(mergePatterns('', '!docs\n', 'docs\n').text).toBe('!docs\n');
  });

  test('never makes a conflict, and a second merge changes nothing', () => {
    const text = (lines: readonly string[]): string => lines.map((each) => `${each}\n`).join('');
    const yours = fc.array(fc.constantFrom('.git', 'docs', '!docs', '# c', '', 'tests', ' x '), { maxLength: 8 }).map(text);
    const generated = fc.subarray(['# c', '.git', 'docs', 'tests', 'x']).map(text);
    fc.assert(
      fc.property(generated, yours, generated, (base, yours, ours) => {
        const first = mergePatterns(base, yours, ours);
        expect(first.conflicts).toEqual([]);
        expect(mergePatterns(first.base, first.text, ours).text).toBe(first.text);
      }),
      { numRuns: 500 },
    );
  });
});
