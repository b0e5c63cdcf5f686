import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { askOracle, whyNoGo } from '../../base/oracle.testing.ts';
import { anyDockerfile, buildableDockerfile } from '../../dockerfile/dockerfiles.testing.ts';
import { lint } from '../../lint/index.ts';
import { lintFormats, lintReport, unifiedDiff } from './index.ts';
import type { JudgedFile } from './types.ts';

const plain = (text: string): string => text;
const style = { paint: { bold: plain, dim: plain, red: plain, green: plain, yellow: plain, cyan: plain }, width: 100 };

const judge = (path: string, text: string): JudgedFile => ({ path, ...lint(text, { preset: 'buildkit' }) });
const judged = [
  judge('Dockerfile', 'FROM alpine AS Build\nENV A b c\nCMD python app.py\nEXPOSE 80/TCP\nWORKDIR "a & <b>"\n'),
  judge('a b/ü:x.Dockerfile', 'FROM\n'),
];
const format = (name: string, files: readonly JudgedFile[] = judged): string => lintFormats[name]?.(files) ?? '';

describe('formats for programs', () => {
  test.skipIf(whyNoGo !== undefined)('SARIF keeps to its schema', () => {
    const generated = fc
      .sample(fc.oneof(anyDockerfile, buildableDockerfile), { numRuns: 300, seed: 12 })
      .map((text, i) => judge(`${i}/Dockerfile`, text));
    for (const files of [judged, generated, []]) {
      expect(askOracle('sarif', format('sarif', files))).toBe('');
    }
  });

  test('Checkstyle is XML, with every finding', () => {
    const xml = format('checkstyle', [
      ...judged,
      ...fc.sample(anyDockerfile, { numRuns: 200, seed: 13 }).map((text, i) => judge(`${i}`, text)),
    ]);
    const script = 'import sys,xml.etree.ElementTree as e;print(len(e.fromstring(sys.stdin.buffer.read()).findall("file/error")))';
    const found = spawnSync('python3', ['-c', script], { input: xml, encoding: 'utf8' });
    expect(found.stderr).toBe('');
    expect(Number(found.stdout)).toBe(xml.split('<error ').length - 1);
  });

  test('a code quality report has a fingerprint of its own for each finding, and the same after lines have moved', () => {
    const text = 'FROM alpine\nENV A b\nENV A b\n';
    const prints = (dockerfile: string): readonly string[] =>
      (JSON.parse(format('gitlab', [judge('Dockerfile', dockerfile)])) as { fingerprint: string }[]).map((row) => row.fingerprint);
    expect(new Set(prints(text)).size).toBe(2);
    expect(prints(`\n\n${text}`)).toEqual(prints(text));
  });

  test('annotations escape what would end them', () => {
    const line = format('github')
      .split('\n')
      .find((row) => row.includes('%C3') || row.includes('ü'));
    expect(line).toMatch(/^::error file=a b\/ü%3Ax\.Dockerfile,line=1,endLine=1,col=1,title=plimsoll bad-from::/);
  });

  test('hadolint’s fields have hadolint’s names', () => {
    const rows = JSON.parse(format('hadolint-json')) as Record<string, unknown>[];
    expect(Object.keys(rows[0] ?? {}).toSorted()).toEqual(['code', 'column', 'file', 'level', 'line', 'message']);
  });

  test('JSON and SARIF say which fixes change the image, also of one rule', () => {
    const text = 'FROM alpine:3.20\nWORKDIR a\nWORKDIR /b\nWORKDIR c\n';
    const files = [{ path: 'Dockerfile', ...lint(text, { only: ['DL3000'] }) }];
    const { findings } = JSON.parse(format('json', files)) as { findings: { fixable: boolean; unsafe: boolean }[] };
    expect(findings.map(({ fixable, unsafe }) => [fixable, unsafe])).toEqual([
      [true, true],
      [true, false],
    ]);
    const { runs } = JSON.parse(format('sarif', files)) as { runs: { results: { fixes: { properties: unknown }[] }[] }[] };
    expect(runs[0]?.results.flatMap((result) => result.fixes.map((each) => each.properties))).toEqual([
      { unsafe: true },
      { unsafe: false },
    ]);
    expect(lintReport(files, style)).toContain('1 can be mended with `--fix`, 1 more with `--fix --unsafe`');
  });

  test('JSON and the terminal say of which files less was said, and why', () => {
    const files = [
      ['Dockerfile', 'FROM scratch\n'],
      ['examples/Dockerfile', 'FROM scratch\n'],
      ['web/Dockerfile', '# Not meant for production\nFROM scratch\n'],
    ].map(([path = '', text = '']): JudgedFile => ({ path, ...lint(text, { path }) }));
    expect((JSON.parse(format('json', files)) as { forDevelopment: unknown }).forDevelopment).toEqual([
      { file: 'examples/Dockerfile', saidBy: 'path' },
      { file: 'web/Dockerfile', saidBy: 'comment' },
    ]);
    const line = (...judgedFiles: JudgedFile[]): string | undefined =>
      lintReport(judgedFiles, style)
        .split('\n')
        .find((each) => each.startsWith('Rules on what'));
    const [shipped, example, said] = files as [JudgedFile, JudgedFile, JudgedFile];
    expect(line(shipped)).toBeUndefined();
    expect(line(shipped, example)).toBe(
      'Rules on what is shipped were left out for examples/Dockerfile: the path says that it is for tests, examples or development',
    );
    expect(line(said)).toContain('for web/Dockerfile: a comment at the top says that');
    expect(line(...files)).toContain('for 2 files: a path or a comment says that');
  });

  test('JSON names what cannot be built, with its place', () => {
    const { schema, parseErrors } = JSON.parse(format('json')) as { schema: string; parseErrors: unknown[] };
    expect(schema).toBe('plimsoll/lint/1');
    expect(parseErrors).toEqual([{ file: 'a b/ü:x.Dockerfile', line: 1, column: 1, message: 'FROM takes an image, and `AS` with a name' }]);
  });
});

describe('the terminal', () => {
  test('shows the line, what is meant on it, and what to do first', () => {
    expect(lintReport(judged, style)).toMatchInlineSnapshot(`
      "Dockerfile:1:16 style stage-name-casing (StageNameCasing)
        the name of stage \`Build\` has capitals
        1 │ FROM alpine AS Build
          │                ^^^^^
        fix: write the name in lower case

      Dockerfile:2:1 warning legacy-key-value-format (LegacyKeyValueFormat)
        ENV has a blank instead of \`=\`
        2 │ ENV A b c
          │ ^^^^^^^^^
        fix: write it with \`=\`

      Dockerfile:3:5 warning json-args-recommended (JSONArgsRecommended)
        CMD is in shell form: a shell is PID 1 and passes no signals on
        3 │ CMD python app.py
          │     ^^^^^^^^^^^^^
        fix: write it as a JSON list (changes the image: --unsafe)

      Dockerfile:4:8 style expose-proto-casing (ExposeProtoCasing)
        the protocol of \`80/TCP\` has capitals
        4 │ EXPOSE 80/TCP
          │        ^^^^^^
        fix: write the protocol in lower case

      Dockerfile:5:9 warning workdir-relative-path (WorkdirRelativePath)
        \`a & <b>\` is relative to whatever the base image’s working directory is
        5 │ WORKDIR "a & <b>"
          │         ^^^^^^^^^

      a b/ü:x.Dockerfile:1:1 cannot be built
        FROM takes an image, and \`AS\` with a name
        1 │ FROM
          │ ^^^^
        hint: write \`FROM image AS name\`

      2 files, 1 cannot be built, 3 warnings, 2 style
      Do first:
           1 × legacy-key-value-format  ENV and LABEL are written \`NAME=value\`.
           1 × json-args-recommended  CMD and ENTRYPOINT are JSON lists, unless SHELL says which shell is meant.
           1 × workdir-relative-path  The first WORKDIR of a stage is an absolute path.
           1 × stage-name-casing  Names of stages are written in lower case.
           1 × expose-proto-casing  Protocols in EXPOSE are written in lower case.
      3 can be mended with \`--fix\`, 1 more with \`--fix --unsafe\`
      "
    `);
  });

  test('is not steered by the file', () => {
    const text = lintReport([judge('Dockerfile', 'FROM alpine\nENV A \u001b[31m\u202e\u0007\n')], style);
    // eslint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u202e]/);
  });
});

describe('a unified diff', () => {
  test('is what `git apply` makes the new text of', () => {
    const folder = mkdtempSync(join(tmpdir(), 'plimsoll-diff-'));
    const line = fc.constantFrom('a\n', 'b\n', 'c\n', '\n', 'd\r\n');
    const texts = fc.tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('', 'end')).map(([lines, end]) => lines.join('') + end);
    try {
      fc.assert(
        fc.property(texts, texts, (before, after) => {
          fc.pre(before !== after && before !== '' && after !== '');
          writeFileSync(join(folder, 'file'), before);
          execFileSync('git', ['apply', '--whitespace=nowarn', '-'], { cwd: folder, input: unifiedDiff('file', before, after) });
          expect(readFileSync(join(folder, 'file'), 'utf8')).toBe(after);
        }),
        { numRuns: 100 },
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('of an absolute path names it below the root', () => {
    expect(unifiedDiff('/srv/Dockerfile', 'a\n', 'b\n')).toContain('--- a/srv/Dockerfile\n+++ b/srv/Dockerfile\n');
  });
});
