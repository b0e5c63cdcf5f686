import { expect, test } from 'vitest';
import type { ImageSettings } from '../../image/index.ts';
import { contractOf, file, folder, link, plainImage, plainLayer, type PlainEntry } from '../python-image.test-support.ts';
import { subjectOf } from '../subject.ts';
import type { Outcome } from '../types.ts';
import { noTools } from './no-tools.ts';

const CONFIG = { Cmd: ['python3', 'main.py'], User: '10001', WorkingDir: '/app', Env: ['PATH=/usr/bin'] };
async function measure(layers: readonly (readonly PlainEntry[])[], config: ImageSettings['config'] = {}): Promise<Outcome> {
  const image = plainImage(
    layers.map((entries) => plainLayer(entries)),
    { ...CONFIG, ...config },
  );
  return noTools.measure(subjectOf({ image, contract: contractOf({}), budget: { uncompressedBytes: 1e9 } }));
}
const whyOf = (outcome: Outcome): string => ('why' in outcome && outcome.why !== undefined ? outcome.why : outcome.outcome);
const program = (path: string): PlainEntry => file(path, '\x7fELF', 0o755);
const DASH = [program('usr/bin/dash'), link('usr/bin/sh', 'dash'), link('bin', 'usr/bin')];

test.each([
  [
    'Debian',
    [...DASH, program('usr/bin/apt'), program('usr/bin/dpkg')],
    '/usr/bin/apt (package manager), /usr/bin/dash (shell), /usr/bin/dpkg (package manager)',
  ],
  [
    'Alpine',
    [program('bin/busybox'), link('bin/sh', '/bin/busybox'), link('bin/ash', '/bin/busybox'), program('sbin/apk')],
    '/bin/ash (shell), /sbin/apk (package manager)',
  ],
  [
    'Amazon Linux',
    [program('usr/bin/bash'), link('usr/bin/sh', 'bash'), program('usr/bin/dnf-3'), link('usr/bin/dnf', 'dnf-3'), program('usr/bin/rpm')],
    '/usr/bin/bash (shell), /usr/bin/dnf (package manager), /usr/bin/rpm (package manager)',
  ],
  [
    'the official python image',
    [
      program('usr/local/bin/pip3.12'),
      link('usr/local/bin/pip', 'pip3.12'),
      file('usr/local/lib/python3.12/site-packages/pip/__init__.py', ''),
      file('usr/local/lib/python3.12/ensurepip/__init__.py', ''),
    ],
    '/usr/local/bin/pip (package manager), /usr/local/lib/python3.12/ensurepip/__init__.py (package manager), /usr/local/lib/python3.12/site-packages/pip/__init__.py (package manager)',
  ],
  ['a virtual environment', [program('app/.venv/bin/pip')], '/app/.venv/bin/pip (package manager)'],
  ['Node’s own', [program('usr/local/bin/npm')], '/usr/local/bin/npm (package manager)'],
] as const)('of %s each tool is named once', async (_, entries, why) => {
  expect(await measure([entries])).toMatchObject({ outcome: 'failed', why });
});

test.each([
  [
    'folders and data of package managers',
    [folder('etc/apt'), folder('var/lib/dpkg'), file('var/lib/dpkg/status', ''), folder('usr/bin/apt')],
  ],
  ['a file of such a name that nobody may execute', [file('usr/bin/bash', '')]],
  ['a link that leads nowhere', [link('bin/sh', 'dash')]],
  [
    'names that only begin so',
    [program('usr/bin/bashate'), program('usr/bin/apt-key-check'), file('usr/lib/python3/dist-packages/pipeline/__init__.py', '')],
  ],
  ['a script of that name elsewhere', [file('app/tools/sh', '', 0o755)]],
] as const)('passes %s', async (_, entries) => expect(whyOf(await measure([entries]))).toBe('passed'));

test('what a later layer deletes is not there', async () => {
  expect(whyOf(await measure([DASH, [file('usr/bin/.wh.dash', ''), file('usr/bin/.wh.sh', '')]]))).toBe('passed');
});

test.each([
  ['the start command', { Cmd: ['/bin/sh', '-c', 'exec python3 main.py'] }, [], 'the start command is'],
  ['a script that is started', { Cmd: ['./run'] }, [file('app/run', '#!/bin/sh -e\n', 0o755)], '`/app/run` begins with `#!/bin/sh -e`'],
  ['an entrypoint by env', { Entrypoint: ['/app/run'] }, [file('app/run', '#!/usr/bin/env bash\n', 0o755)], '`/app/run` begins with'],
  ['the health check', { Healthcheck: { Test: ['CMD-SHELL', 'exit 0'] } }, [], 'the health check is in shell form'],
] as const)('a shell that %s needs is none of them, and others are still found', async (_, config, entries, why) => {
  expect(await measure([DASH, entries], config)).toMatchObject({ outcome: 'skipped', why: expect.stringContaining(why) });
  expect(whyOf(await measure([DASH, [...entries, program('usr/bin/apk')]], config))).toBe('/usr/bin/apk (package manager)');
});
