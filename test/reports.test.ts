import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyOf, fixtures, LENIENT, plimsoll, scratch, type End } from './plimsoll.ts';

const place = scratch();
afterAll(place.remove);
const service = copyOf(join(fixtures, 'python-tcp/service'), join(place.folder, 'tcp'));
const at = (name: string): string => join(place.folder, name);
const read = (name: string): string => readFileSync(at(name), 'utf8');
const START = 'def main():\n';
const SECRET = 'hunter2-is-no-password';
const FILES = ['--html', at('a/b/page.html'), '--markdown', at('report.md'), '--junit', at('report.xml'), '--sarif', at('report.sarif')];

let shipped: End;
beforeAll(async () => {
  writeFileSync(join(service, 'plimsoll.yaml'), 'budget:\n  ready: 60 s\n  size: 1 MB\n');
  const source = join(service, 'server.py');
  writeFileSync(
    source,
    readFileSync(source, 'utf8').replace(START, `import os\n${START}    print("key", os.environ.get("API_KEY"), "<script>", flush=True)\n`),
  );
  shipped = await plimsoll(['ship', service, ...FILES, '--env', `API_KEY=${SECRET}`, '--json', ...LENIENT]);
});

describe('`ship` writes each report that was asked for, beside what it prints', () => {
  test('all of the same proof, also when it is not fit', () => {
    expect({ code: shipped.code, verdict: (JSON.parse(shipped.stdout) as { verdict: string }).verdict }).toEqual({
      code: 1,
      verdict: 'unfit',
    });
    expect(read('a/b/page.html')).toContain('<em>not fit</em>');
    expect(read('report.md')).toMatch(/^### .*: not fit\n/);
    expect(read('report.xml')).toMatch(/<testcase [^>]*name="size-budget"[^>]*><failure /);
    expect(read('report.sarif')).toContain('"ruleId": "size-budget"');
  });

  test('what the service printed is in them, the value of a secret variable in none', () => {
    const all = [shipped.stdout, ...['a/b/page.html', 'report.md', 'report.xml'].map(read)];
    for (const text of all) expect(text).toContain('key [API_KEY]');
    for (const text of [...all, shipped.stderr, read('report.sarif')]) expect(text).not.toContain(SECRET);
  });

  test('JSON says what happened when', () => {
    interface Run {
      readonly purpose: string;
      readonly moments: readonly { readonly what: string; readonly atMs: number }[];
    }
    const { runs } = JSON.parse(shipped.stdout) as { runs: readonly Run[] };
    expect(runs.map(({ purpose }) => purpose)).toEqual(['answers', 'stop']);
    expect(runs[0]?.moments[0]?.what).toBe('ready');
    expect(runs[1]?.moments.map(({ what }) => what).filter((what) => what !== 'request')).toEqual(['ready', 'signal', 'exit']);
    const times = runs[1]?.moments.map(({ atMs }) => atMs) ?? [];
    expect(times.at(-1)).toBe(Math.max(...times));
  });
});

describe('`prove`', () => {
  const prove = (...more: readonly string[]): Promise<End> => plimsoll(['prove', service, '--only', 'pinned,size-budget', ...more]);

  test('writes one to standard output alone, and says the rest on standard error', async () => {
    const end = await prove('--junit', '-', '--html', at('second.html'));
    expect(end.stdout).toMatch(/^<\?xml [^]*<\/testsuites>\n$/);
    expect(end.stderr).toContain('not fit: ');
    expect(read('second.html')).toContain('</html>');
  });

  test('names the image that it built as skopeo would, without the folders of the machine', async () => {
    const end = await plimsoll(['prove', '.', '--only', 'pinned', '--json'], { cwd: service });
    expect((JSON.parse(end.stdout) as { image: { ref: string } }).image.ref).toBe('oci:.plimsoll/image');
  });

  test('refuses two documents on standard output before it begins', async () => {
    for (const two of [
      ['--json', '--html', '-'],
      ['--markdown', '-', '--sarif', '-'],
    ]) {
      const end = await prove(...two);
      expect({ code: end.code, stdout: end.stdout }).toEqual({ code: 2, stdout: '' });
      expect(end.stderr).toContain('would both be on standard output');
    }
  });

  test('says which file cannot be written', async () => {
    mkdirSync(at('folder'));
    const end = await prove('--sarif', at('folder'));
    expect([end.code, end.stderr]).toEqual([2, expect.stringContaining('`--sarif ') as string]);
    expect(end.stderr).toContain('cannot be written (EISDIR)');
  });
});

test('`ship --all` wants a file of its own for each service', async () => {
  const refused = await plimsoll(['ship', place.folder, '--all', '--only', 'pinned', '--junit', at('all.xml')]);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('write `{name}`') as string]);
  await plimsoll(['ship', place.folder, '--all', '--only', 'pinned', '--junit', at('{name}.xml')]);
  expect(existsSync(at(`${nameOf(shipped)}.xml`))).toBe(true);
});

const nameOf = ({ stdout }: End): string => /image:([^:]+):/.exec((JSON.parse(stdout) as { image: { ref: string } }).image.ref)?.[1] ?? '';
