import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore, type Store } from '../../base/node.ts';
import {
  fileChanges,
  folderChanges,
  imageFromLayers,
  packageChanges,
  settingChanges,
  summariesOf,
  writeLayer,
  type Image,
  type ImageConfig,
  type ImageSummary,
  type LayerEntry,
} from '../../image/index.ts';
import type { GateResult } from '../../prove/index.ts';
import type { Finding } from '../../scan/index.ts';
import { compareHtml, compareLines, compareMarkdown, regressionsOf, type Comparison, type Side } from './index.ts';

let store: Store;
beforeAll(async () => {
  store = await openStore();
});
afterAll(() => store.close());

type Config = NonNullable<ImageConfig['config']>;
interface Made {
  readonly entries: readonly LayerEntry[];
  readonly over: readonly LayerEntry[];
  readonly config: Config;
}

const head = { mode: 0o644, uid: 0, gid: 0 };
const file = (path: string, text: string, more: Partial<LayerEntry> = {}): LayerEntry =>
  ({ ...head, type: 'file', path, content: Buffer.from(text), ...more }) as LayerEntry;
const folder = (path: string, more: Partial<LayerEntry> = {}): LayerEntry =>
  ({ ...head, mode: 0o755, type: 'directory', path, ...more }) as LayerEntry;
const link = (path: string, target: string): LayerEntry => ({ ...head, mode: 0o777, type: 'symlink', path, target });
const metadata = (version: string): LayerEntry =>
  file('usr/lib/python3/dist-packages/flask-1.dist-info/METADATA', `Name: flask\nVersion: ${version}\n`);

const BASE: Made = {
  entries: [
    folder('app'),
    file('app/main.py', 'print("hello")\n'),
    file('app/data.bin', 'x'.repeat(1000)),
    link('app/latest', 'main.py'),
    folder('var/empty'),
    metadata('1.0'),
  ],
  over: [file('top', 'y')],
  config: {
    User: '10001:10001',
    Env: ['PATH=/usr/bin', 'MODE=production'],
    Entrypoint: ['/usr/bin/tini', '--'],
    Cmd: ['python', 'main.py'],
    Labels: { maintainer: 'a' },
    ExposedPorts: { '8000/tcp': {} },
    Volumes: { '/data': {} },
    WorkingDir: '/app',
    StopSignal: 'SIGTERM',
    Healthcheck: { Test: ['CMD', 'true'], Interval: 30e9 },
  },
};

async function imageOf({ entries, over, config }: Made): Promise<Image> {
  const layers = await Promise.all([entries, over].map((each, i) => writeLayer(each, { mtimeSeconds: 0, createdBy: `layer ${i}` }, store)));
  return imageFromLayers({ os: 'linux', architecture: 'amd64', config }, layers, store);
}

const compared = (before: Side, after: Side, tolerance = 0.05): Comparison => ({
  before,
  after,
  settings: settingChanges(before.image, after.image),
  files: fileChanges(before.image, after.image),
  folders: folderChanges(before.image, after.image),
  packages: packageChanges(before.image, after.image),
  regressions: regressionsOf({ before, after }, tolerance),
});
const plain = { bold: String, dim: String, red: String, green: String, yellow: String, cyan: String };
const textOf = (comparison: Comparison): string => compareLines(comparison, { paint: plain, width: 200 }).join('\n');
const sides = async (before: Made, after: Made): Promise<readonly [Side, Side]> => {
  const [was, is] = await summariesOf(await imageOf(before), await imageOf(after));
  return [
    { ref: 'oci:it', image: was },
    { ref: 'oci:it', image: is },
  ];
};
const side = async (made: Made, more: Partial<Side> = {}): Promise<Side> => ({ ...(await sides(made, made))[0], ...more });

const withEntry = (path: string, entry: LayerEntry): Made => ({
  ...BASE,
  entries: BASE.entries.map((it) => (it.path === path ? entry : it)),
});
const adding = (...entries: LayerEntry[]): Made => ({ ...BASE, entries: [...BASE.entries, ...entries] });
const without = (path: string): Made => ({ ...BASE, entries: BASE.entries.filter((it) => it.path !== path) });
const configured = (config: Config): Made => ({ ...BASE, config: { ...BASE.config, ...config } });

/** One difference of each class, and the line that shows it. */
const INJECTED: Readonly<Record<string, readonly [Made, RegExp]>> = {
  'a file more': [adding(file('app/new', 'abc')), /^ {2}\+ \/app\/new \(3 B\)$/m],
  'a file fewer': [without('app/data.bin'), /^ {2}− \/app\/data.bin \(1.0 kB\)$/m],
  'other content of the same size': [
    withEntry('app/main.py', file('app/main.py', 'print("hullo")\n')),
    /^ {2}~ \/app\/main.py \(content\)$/m,
  ],
  'another mode': [withEntry('app/main.py', file('app/main.py', 'print("hello")\n', { mode: 0o755 })), /^ {2}~ \/app\/main.py \(mode\)$/m],
  'another owner': [withEntry('app', folder('app', { uid: 7 })), /^ {2}~ \/app \(owner\)$/m],
  'another link': [withEntry('app/latest', link('app/latest', 'data.bin')), /^ {2}~ \/app\/latest \(content\)$/m],
  'a file in place of a link': [withEntry('app/latest', file('app/latest', 'z')), /^ {2}~ \/app\/latest \(type, mode, 0 B → 1 B\)$/m],
  'an empty folder': [adding(folder('app/new')), /^ {2}\+ \/app\/new \(0 B\)$/m],
  'a folder with something in it, once': [adding(folder('app/new'), file('app/new/a', 'a')), /^Files \(1 added, 0 removed, 0 changed\)$/m],
  'another package': [withEntry(metadata('').path, metadata('2.0')), /^ {2}~ python flask 1.0 → 2.0$/m],
  'another user': [configured({ User: '10002' }), /user .*10001:10001 +10002$/m],
  'another entrypoint': [configured({ Entrypoint: ['/bin/x'] }), /entrypoint .*\/bin\/x$/m],
  'another command': [configured({ Cmd: ['python', 'other.py'] }), /command .*python other.py$/m],
  'another health check': [configured({ Healthcheck: { Test: ['CMD', 'false'], Interval: 30e9 } }), /health check .*CMD false$/m],
  'a health check at other times': [
    configured({ Healthcheck: { Test: ['CMD', 'true'], Interval: 5e9 } }),
    /^ {2}~ health check’s times=every 30 s → every 5 s$/m,
  ],
  'a variable': [configured({ Env: ['PATH=/usr/bin', 'MODE=test'] }), /^ {2}~ ENV MODE=production → test$/m],
  'a label': [configured({ Labels: {} }), /^ {2}− LABEL maintainer=a$/m],
  'a port': [configured({ ExposedPorts: { '8000/tcp': {}, '9000/tcp': {} } }), /^ {2}\+ EXPOSE 9000\/tcp=yes$/m],
  'a volume': [configured({ Volumes: {} }), /^ {2}− VOLUME \/data=yes$/m],
  'another working folder': [configured({ WorkingDir: '/' }), /^ {2}~ working folder=\/app → \/$/m],
  'another stop signal': [configured({ StopSignal: 'SIGINT' }), /^ {2}~ stop signal=SIGTERM → SIGINT$/m],
  'bytes that a later layer hides': [
    { ...BASE, over: [...BASE.over, file('app/data.bin', 'x'.repeat(1000))] },
    /hidden by later layers +0 B +1.0 kB$/m,
  ],
};

describe('two images', () => {
  test('that are the same differ in nothing', async () => {
    const text = textOf(compared(...(await sides(BASE, BASE))));
    expect(text).toMatch(/\nno difference: it is the same image$/);
    expect(text).not.toMatch(/^(?:Files|Packages|Settings|Folders)/m);
  });

  test('no name of a file speaks to the terminal', async () => {
    const made = adding(file('app/a\nb\u001b[31m\u202ered', 'x', { mode: 0o4755 }));
    const comparison = compared(...(await sides(BASE, { ...made, config: { ...BASE.config, Cmd: ['\u001b[31m'] } })));
    expect(textOf(comparison)).toContain(String.raw`/app/a\nb`);
    for (const control of ['\u001b', '\u202e']) expect(textOf(comparison)).not.toContain(control);
  });

  test('a secret that changed is said to have, and not shown', async () => {
    const secret = (value: string): Made =>
      configured({
        Env: [`DB_PASSWORD=${value}`],
        Cmd: ['app', '--token', value],
        Healthcheck: { Test: ['CMD', 'x', `--password=${value}`] },
      });
    const comparison = compared(await side(secret('geheim-vor-heute')), await side(secret('geheim-seit-heute')));
    const text = textOf(comparison);
    expect(text).toMatch(/^ {2}~ ENV DB_PASSWORD=gehe… \(16 characters\) → gehe… \(17 characters\)$/m);
    expect(text).toMatch(/\ndifferent, and nothing got worse/);
    for (const all of [text, compareMarkdown(comparison), compareHtml(comparison, { at: new Date(0), version: '1' })])
      expect(all).not.toContain('geheim-');
  });

  test.each(Object.entries(INJECTED))('%s is shown, in the report for people and for a pull request', async (_, [made, line]) => {
    const comparison = compared(...(await sides(BASE, made)));
    expect(textOf(comparison)).toMatch(line);
    expect(textOf(comparison)).toMatch(/\ndifferent, and nothing got worse by more than is tolerated$/);
    expect(compareMarkdown(comparison)).toContain('**different, and nothing got worse by more than is tolerated**');
  });
});

describe('what got worse', () => {
  const gate = (id: string, outcome: GateResult['outcome']): GateResult => ({ id, required: true, promise: '', outcome, tookMs: 1 });
  const evidence = [{ from: 'run', what: 'x', text: 'y' }] as const;
  const passed: GateResult['outcome'] = { outcome: 'passed', evidence };
  const failed: GateResult['outcome'] = { outcome: 'failed', why: 'it hangs', fix: 'mend it', evidence };
  const size = (uncompressed: number, image: ImageSummary): ImageSummary => ({ ...image, size: { ...image.size, uncompressed } });

  test('a size counts from the tolerance on, and never what is noise', async () => {
    const before = await side(BASE);
    const at = (bytes: number): Side => ({ ...before, image: size(bytes, before.image) });
    expect(regressionsOf({ before: at(50e6), after: at(52.5e6) }, 0.05)).toEqual([]);
    expect(regressionsOf({ before: at(50e6), after: at(52.6e6) }, 0.05)).toEqual([
      { what: 'unpacked', says: '52.6 MB, 5 % more than 50.0 MB (5 % is tolerated)' },
    ]);
    expect(regressionsOf({ before: at(1000), after: at(90_000) }, 0)).toEqual([]);
  });

  test.each<readonly [string, Made, string]>([
    ['root', configured({ User: '' }), 'user: root, where it was 10001:10001'],
    ['no health check', configured({ Healthcheck: undefined as never }), 'health check: there is none any more'],
    ['a shell', adding(file('usr/bin/sh', 'x', { mode: 0o755 })), 'shells: 1, with /usr/bin/sh'],
    ['a package manager', adding(file('usr/bin/apt-get', 'x', { mode: 0o755 })), 'package managers: 1, with /usr/bin/apt-get'],
    ['a setuid file', adding(file('usr/bin/x', 'x', { mode: 0o4755 })), 'setuid and setgid files: 1, with /usr/bin/x'],
  ])('%s is a regression whatever is tolerated', async (_, made, says) => {
    const comparison = compared(...(await sides(BASE, made)), 10);
    expect(textOf(comparison)).toContain(`\n1 regression:\n  ✗ ${says}`);
    expect(regressionsOf({ before: comparison.after, after: comparison.before }, 10)).toEqual([]);
  });

  test('a check that passed and fails is one, with why; one that is still unproven is none', async () => {
    const before = await side(BASE, { gates: [gate('sigterm', passed), gate('logs', { outcome: 'unproven', why: 'w', remedy: 'r' })] });
    const after: Side = { ...before, gates: [gate('sigterm', failed), before.gates![1]!] };
    expect(regressionsOf({ before, after }, 0.05)).toEqual([{ what: 'check sigterm', says: 'failed, where it was passed: it hangs' }]);
  });

  test('a vulnerability that the other does not have is one, and a package that nobody answers for any more', async () => {
    const known = (id: string, version: string): Finding => ({
      result: {
        package: { ecosystem: 'python', name: 'flask', version, purl: '', requires: [] },
        status: 'vulnerable',
        advisories: [],
        answered: [],
        unanswered: [],
        through: [],
      },
      advisory: { id, aliases: [], fixed: '9', sources: ['osv'] },
      counts: true,
    });
    const before = await side(BASE, { vulnerabilities: { known: [known('CVE-1', '1'), known('CVE-2', '1')], unknownPackages: 0 } });
    const after: Side = { ...before, vulnerabilities: { known: [known('CVE-2', '2'), known('CVE-3', '2')], unknownPackages: 1 } };
    const comparison = compared(before, after);
    expect(comparison.regressions).toEqual([
      { what: 'known vulnerabilities', says: '1 more: CVE-3' },
      { what: 'packages nobody answered for', says: '1, where there were 0' },
    ]);
    expect(textOf(comparison)).toContain(
      'Known vulnerabilities\n  + CVE-3 in python flask 2, fixed in 9\n  − CVE-1 in python flask 1, fixed in 9',
    );
    expect(regressionsOf({ before, after: before }, 0)).toEqual([]);
  });

  test('times count from a quarter and half a second on', async () => {
    const before = await side(BASE, { builtMs: 10_000 });
    const built = (ms: number) => regressionsOf({ before, after: { ...before, builtMs: ms } }, 0.05);
    expect([built(12_400), built(13_000)]).toEqual([[], [{ what: 'built in', says: '13.0 s, 30 % more than 10.0 s (25 % is tolerated)' }]]);
  });
});

test('text of an image stays text: in a table, in a fence, in a page', async () => {
  const hostile = configured({ Cmd: ['a|b', '<script>'], Labels: { x: '```\n</pre><script>alert(1)</script>' } });
  const comparison = compared(...(await sides(BASE, hostile)));
  const markdown = compareMarkdown(comparison);
  expect(markdown).toContain(String.raw`a\|b &lt;script>`);
  expect(markdown).toContain('\n````\n');
  expect(compareHtml(comparison, { at: new Date(0), version: '1' })).not.toContain('<script>');
});
