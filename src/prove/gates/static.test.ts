import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ImageSettings, LayerEntry } from '../../image/index.ts';
import { ownerSensitive } from '../owners.ts';
import { contractOf, file, folder, hostPython, link, openBench, plainImage, plainLayer, type Bench } from '../python-image.test-support.ts';
import { subjectOf } from '../subject.ts';
import type { Gate, Outcome, Pins } from '../types.ts';
import { noSecrets } from './no-secrets.ts';
import { nonRootUser } from './non-root-user.ts';
import { pinned } from './pinned.ts';
import { sizeBudget } from './size-budget.ts';
import { startCommand } from './start-command.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

/** Measures a gate on an image of these layers. */
async function measure(
  gate: Gate,
  layers: readonly (readonly LayerEntry[])[],
  config: ImageSettings['config'] = {},
  more: { readonly pins?: Pins; readonly budget?: number } = {},
): Promise<Outcome> {
  const image = plainImage(
    layers.map((entries) => plainLayer(entries)),
    config,
  );
  return gate.measure(subjectOf({ image, contract: contractOf({}), budget: { uncompressedBytes: more.budget ?? 1e9 }, pins: more.pins }));
}

describe('non-root-user', () => {
  test.each([
    ['10001', 'passed'],
    ['10001:10001', 'passed'],
    ['1', 'passed'],
    ['0', 'failed'],
    ['0:0', 'failed'],
    ['00', 'failed'],
    ['root', 'failed'],
    ['app', 'failed'],
    ['10001:app', 'failed'],
    ['', 'failed'],
    ['4294967295', 'failed'],
  ])('%j has %s', async (User, outcome) => {
    expect(await measure(nonRootUser, [], { User })).toMatchObject({ outcome });
  });
});

describe('size-budget', () => {
  test('counts the tars of all layers, and a file that a later layer replaces counts twice', async () => {
    const layers = await Promise.all([1, 2].map((byte) => bench.layer([file('x', Buffer.alloc(100_000, byte))])));
    const total = layers.reduce((sum, it) => sum + it.uncompressedSize, 0);
    const judge = (uncompressedBytes: number, compressedBytes?: number) =>
      sizeBudget.measure(
        subjectOf({
          image: bench.image(layers),
          contract: contractOf({}),
          budget: { uncompressedBytes, ...(compressedBytes === undefined ? {} : { compressedBytes }) },
        }),
      );
    expect(await judge(total)).toMatchObject({ outcome: 'passed', measured: { value: total } });
    expect(await judge(total - 1)).toMatchObject({ outcome: 'failed', measured: { value: total } });
    expect(await judge(total, 10)).toMatchObject({ outcome: 'failed', why: expect.stringContaining('compressed') });
  });
});

describe('no-secrets', () => {
  const env = file('app/.env', 'API_KEY=correct-horse-battery\n');
  test('a file that a later layer deletes is found, with its layer', async () => {
    const outcome = await measure(noSecrets, [[env], [file('app/.wh..env', '')]]);
    expect(outcome).toMatchObject({ outcome: 'failed', evidence: [{ what: '/app/.env:1 (layer 1; a later layer deletes it)' }, {}] });
  });
  test('it is told with its layer, the instruction that made it and its beginning, and no more of it', async () => {
    const token = `dckr_pat_${[...'xQ3kV9-mT_7bRw2LcYz8HfN0sJd'].toReversed().join('')}`;
    const image = plainImage([plainLayer([file('app/main.py', `LOGIN = "${token}"\n`)], 'COPY . /app # buildkit')]);
    const outcome = await noSecrets.measure(subjectOf({ image, contract: contractOf({}), budget: { uncompressedBytes: 1e9 } }));
    expect(outcome).toMatchObject({
      evidence: [{ what: '/app/main.py:1 (layer 1: COPY . /app)', text: 'Docker token dckr… (36 characters)' }, {}],
    });
    expect(JSON.stringify(outcome)).not.toContain(token.slice(0, 12));
  });
  test('what only a name says is noted, and fails nothing', async () => {
    const settings = file('app/settings.py', 'SECRET_KEY = "Zq3vX8mK1tR7wB5nY2cJ"\n');
    expect(await measure(noSecrets, [[settings]])).toMatchObject({
      outcome: 'passed',
      why: 'may be secrets: a value for `SECRET_KEY` Zq3v… (20 characters) in /app/settings.py:1 (layer 1)',
    });
  });
  describe('what plimsoll.yaml allows', () => {
    const judge = async (allowedSecrets: readonly { in: string; reason: string }[]) => {
      const image = plainImage([plainLayer([env])], { Env: ['API_KEY=correct-horse-battery'] });
      return noSecrets.measure(subjectOf({ image, contract: contractOf({}), budget: { uncompressedBytes: 1e9 }, allowedSecrets }));
    };
    const reason = 'opens nothing';
    test('is let through, file by file and name by name, with its reason', async () => {
      expect(await judge([{ in: '/app/*', reason }])).toMatchObject({ outcome: 'failed', measured: { value: 1 } });
      const passed = await judge([
        { in: '/**/.env', reason },
        { in: 'API_KEY', reason },
      ]);
      expect(passed).toMatchObject({ outcome: 'passed' });
      expect(JSON.stringify(passed)).toContain('let through: opens nothing');
    });
    test('and does not concern the image is told', async () => {
      const outcome = await judge([
        { in: '/srv/*', reason },
        { in: '/app', reason },
      ]);
      expect(outcome).toMatchObject({ outcome: 'failed', measured: { value: 2 } });
      expect(JSON.stringify(outcome)).toContain('nothing was found in /srv/*');
    });
  });
  describe('a private key in a file', () => {
    const key = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    }).privateKey;
    const library = file('usr/lib/libgnutls.so.30', `self test\n${key}`);
    const sums = (text: string, path = 'lib/libgnutls.so.30') =>
      file('var/lib/dpkg/status.d/libgnutls30.md5sums', `${createHash('md5').update(text).digest('hex')}  ${path}\n`);
    test.each([
      ['that is as its Debian package delivers it is published', [[library], [sums(`self test\n${key}`)]], 'passed'],
      ['that differs from its package is a secret', [[library], [sums('self test\n')]], 'failed'],
      ['that no package names is a secret', [[library], [sums(`self test\n${key}`, 'usr/lib/other')]], 'failed'],
    ] as const)('%s', async (_, layers, outcome) => expect(await measure(noSecrets, layers)).toMatchObject({ outcome }));
  });
  test.each([
    ['a value for a secret’s name in the environment', { Env: ['API_KEY=correct-horse-battery'] }, 'failed'],
    ['a password in an address in the environment', { Env: ['DATABASE_URL=postgres://app:s3cr3t-9@db/app'] }, 'failed'],
    [
      'what official images set',
      {
        Env: [
          'GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D',
          'PYTHON_SHA256=8fb5f9fbc7609fa822cb31549884575db7fd9657cbffb89510b5d7975963a83a',
          'API_KEY=',
          'PASSWORD_FILE=/run/secrets/x',
        ],
      },
      'passed',
    ],
    ['a label', { Labels: { token: 'correct-horse-battery' } }, 'failed'],
    ['an option of the start command', { Cmd: ['app', '--api-key', 'correct-horse-battery'] }, 'failed'],
    ['an option that is given by a variable', { Cmd: ['sh', '-c', 'app', '--api-key', '$API_KEY', '--token=${TOKEN}'] }, 'passed'],
    ['a step for a build on top of it', { OnBuild: ['ARG TOKEN=correct-horse-battery'] }, 'failed'],
    [
      'a header of the health check',
      { Healthcheck: { Test: ['CMD', 'curl', '--token=correct-horse-battery', 'http://localhost/'] } },
      'failed',
    ],
  ])('%s', async (_, config, outcome) => expect(await measure(noSecrets, [[]], config)).toMatchObject({ outcome }));
});

describe('pinned', () => {
  const metadata = (name: string): LayerEntry => file(`usr/local/lib/python3.11/dist-packages/${name}-1.dist-info/METADATA`, '');
  const pins = { debian: ['libc6 2.41-12', 'libstdc++6 14.2.0-19'], python: 1, unpinned: [] };
  const installed = (name: string, version: string): LayerEntry =>
    file(`var/lib/dpkg/status.d/${name}`, `Package: ${name}\nVersion: ${version}\n`);
  test('a package or a version that the lock does not have is not pinned, also where the lock has as many others', async () => {
    const locked = installed('libc6', '2.41-12');
    expect(await measure(pinned, [[locked]], {}, { pins })).toMatchObject({ outcome: 'passed' });
    for (const stray of [installed('tree', '2.1'), installed('libstdc++6', '14.2.0-20')])
      expect(await measure(pinned, [[locked, stray]], {}, { pins })).toMatchObject({ outcome: 'failed', measured: { value: 1 } });
  });
  test('what the image has beyond the lock is not pinned', async () => {
    const packages = installed('libc6', '2.41-12');
    expect(await measure(pinned, [[packages, metadata('a')]], {}, { pins })).toMatchObject({ outcome: 'passed', measured: { value: 3 } });
    expect(await measure(pinned, [[packages, metadata('a'), metadata('b')]], {}, { pins })).toMatchObject({
      outcome: 'failed',
      why: 'the image has 2 Python distributions, the lock 1',
    });
    expect(await measure(pinned, [[]], {}, { pins: { ...pins, unpinned: ['the base has no digest'] } })).toMatchObject({
      outcome: 'failed',
    });
    expect(await measure(pinned, [[]])).toMatchObject({ outcome: 'skipped' });
  });
});

describe('pinned, on a base of a registry', () => {
  const metadata = (name: string): LayerEntry => file(`usr/lib/python3.12/site-packages/${name}-1.dist-info/METADATA`, '');
  const below = [metadata('pip'), file('var/lib/dpkg/status.d/libc6', '')];
  const on = async (diffIds: readonly string[]): Promise<unknown> =>
    measure(
      pinned,
      [below, [metadata('a')]],
      {},
      { pins: { debian: [], python: 1, unpinned: [], base: { name: 'python:3.12', diffIds } } },
    );
  test('what the base holds is pinned by its digest, and only where the image stands on that base', async () => {
    const [layer] = await plainImage([plainLayer(below)]).layers();
    expect(await on([layer!.diffId])).toMatchObject({ outcome: 'passed', measured: { value: 2 } });
    expect(await on([`sha256:${'1'.repeat(64)}`])).toMatchObject({
      outcome: 'failed',
      why: expect.stringContaining('does not begin with the layers that the lock has for `python:3.12`'),
    });
  });
});

describe('owners', () => {
  test('what the user may not read is named, and what Debian itself closes is not', async () => {
    const entries = [
      file('app/open', ''),
      file('app/key', '', 0o600),
      file('app/mine', '', 0o600, 10001),
      file('app/group', '', 0o640, 0, 10001),
      folder('srv/closed', 0o700),
      file('etc/shadow', '', 0o640),
      folder('root', 0o700),
    ];
    const tree = await subjectOf({
      image: plainImage([plainLayer(entries)]),
      contract: contractOf({}),
      budget: { uncompressedBytes: 1 },
    }).tree();
    expect(ownerSensitive(tree, { uid: 10001, gid: 10001 })).toEqual(['app/key', 'srv/closed']);
  });
});

describe.skipIf(!hostPython)('start-command', () => {
  const ELF = readFileSync(process.execPath).subarray(0, 1 << 20);
  const python = (): LayerEntry[] => [
    file('usr/bin/python3.11', ELF, 0o755),
    link('usr/bin/python3', 'python3.11'),
    file('lib64/ld-linux-x86-64.so.2', ''),
    file('lib/ld-linux-aarch64.so.1', ''),
  ];
  const judge = (Cmd: readonly string[], entries: readonly LayerEntry[], User = '10001') =>
    measure(startCommand, [entries], { Cmd, User, WorkingDir: '/app', Env: ['PATH=/usr/local/bin:/usr/bin'] });
  test.each([
    ['passed', '', ['python3', 'main.py'], [file('app/main.py', '')]],
    ['failed', 'main.py', ['python3', 'main.py'], []],
    ['failed', 'in no folder of PATH', ['gunicorn', 'app:app'], []],
    ['failed', 'shell form', ['/bin/sh', '-c', 'python3 main.py'], [file('bin/sh', '')]],
    ['failed', 'shell form', ['sh', '-c', 'exec python3 main.py 2>&1 | tee /tmp/log'], [file('usr/bin/sh', ELF, 0o755)]],
    ['failed', 'shell form', ['sh', '-c', 'exec python3 main.py & wait'], [file('usr/bin/sh', ELF, 0o755)]],
    ['failed', 'in no folder of PATH', ['sh', '-c', 'exec gunicorn app:app'], [file('usr/bin/sh', ELF, 0o755)]],
    ['passed', '', ['sh', '-c', 'python3 migrate.py && exec python3 main.py "a | b" 2>&1'], [file('usr/bin/sh', ELF, 0o755)]],
    ['passed', '', ['sh', '-c', 'exec "$SERVER" --port $PORT'], [file('usr/bin/sh', ELF, 0o755)]],
    ['passed', '', ['./run'], [file('app/run', '#!/usr/bin/python3\n', 0o755)]],
    ['failed', 'may not be executed', ['./run'], [file('app/run', '#!/usr/bin/python3\n')]],
    ['failed', 'may not be executed by user 10001', ['./run'], [file('app/run', '#!/usr/bin/python3\n', 0o700)]],
    ['failed', 'may not be entered', ['/srv/run'], [folder('srv', 0o700), file('srv/run', '#!/usr/bin/python3\n', 0o755)]],
    ['failed', '/opt/venv/bin/python', ['./run'], [file('app/run', '#!/opt/venv/bin/python\n', 0o755)]],
    ['failed', 'is a link to', ['/opt/python'], [link('opt/python', '/opt/gone/python3')]],
    ['failed', 'is no program', ['./run'], [file('app/run', 'import os\n', 0o755)]],
    [
      'passed',
      '',
      ['tool'],
      [file('usr/local/bin/tool', '#!/usr/bin/env python3\n', 0o755), file('usr/bin/env', '#!/usr/bin/python3\n', 0o755)],
    ],
    [
      'failed',
      'is a link to `gone`',
      ['tool'],
      [
        file('usr/local/bin/tool', '#!/usr/bin/env python3\n', 0o755),
        file('usr/bin/env', '#!/usr/bin/python3.11\n', 0o755),
        link('usr/bin/python3', 'gone'),
      ],
    ],
  ] as const)('%s %s %j', async (outcome, why, command, entries) => {
    const base = entries.some((it) => it.path === 'usr/bin/python3') ? python().filter((it) => it.path !== 'usr/bin/python3') : python();
    const result = await judge(command, [...base, ...entries]);
    expect(result).toMatchObject({ outcome });
    if (result.outcome === 'failed') expect(result.why).toContain(why);
  });
  test('an image without a command fails', async () =>
    expect(await measure(startCommand, [python()])).toMatchObject({ outcome: 'failed' }));
});
