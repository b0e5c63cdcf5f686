import { expect, test } from 'vitest';
import type { Store } from '../../../base/node.ts';
import { imageFromLayers } from '../../../image/index.ts';
import type { Container, Exit, LogLine, Runner, RunOptions } from '../../../run/index.ts';
import { runHook, type HookEnd } from './sandbox.ts';

const WELL: Exit = { code: 0, signal: null, atMs: 1 };
type Said = readonly (readonly [stream: 'stdout' | 'stderr', text: string])[];

/** Runs a hook that ends so and prints this, of which the log keeps the last two lines. */
async function hook(exit: Exit | undefined, said: Said): Promise<{ readonly end: HookEnd | Error; readonly options: RunOptions }> {
  let options: RunOptions | undefined;
  const runner: Runner = {
    id: 'embedded',
    available: async () => ({ ok: true, lacks: [] }),
    close: async () => {},
    run: (_, given, use) => {
      options = given;
      const lines: LogLine[] = said.map(([stream, text]) => ({ atMs: 0, stream, text }));
      for (const line of lines) given.onLog?.(line);
      return use({ exited: async () => exit, logs: () => lines.slice(-2) } as unknown as Container);
    },
  };
  const store = {} as Store;
  const job = {
    image: imageFromLayers({ os: 'linux', architecture: 'amd64' }, [], store),
    store,
    python: '/usr/bin/python3',
    at: '/build',
    backend: 'back',
    backendPath: [],
    editable: false,
    given: [],
    package: { name: 'lib', folder: '../lib' },
  };
  const end = await runHook(job, runner).catch((error: unknown) => error as Error);
  return { end, options: options! };
}

const encoded = (bytes: Uint8Array): Said => [['stdout', Buffer.from(bytes).toString('base64')]];
const wheel = (sizeBytes: number): Said => [['stdout', JSON.stringify({ wheel: 'lib-1-py3-none-any.whl', sizeBytes })]];

test('a back end has as much memory as a build step, and no more', async () => {
  const { options } = await hook(WELL, [...wheel(0)]);
  expect(options).toMatchObject({ memoryBytes: 2 * 1024 ** 3, readOnlyRoot: true });
});

test('what a back end prints, however much, is no part of its wheel', async () => {
  const noise: Said = Array.from({ length: 20_000 }, (_, i) => ['stderr', `copying ${i}`] as const);
  const bytes = new Uint8Array([1, 2, 3]);
  const { end } = await hook(WELL, [
    ['stdout', 'printed while Python started'],
    ['stdout', '{"also": "JSON"}'],
    ...noise,
    ...wheel(5),
    ...encoded(bytes),
    ...noise,
    ...encoded(bytes.subarray(0, 2)),
    ...noise,
  ]);
  expect(end).toEqual({ wheel: 'lib-1-py3-none-any.whl', bytes: Buffer.from([1, 2, 3, 1, 2]) });
});

test('a wheel that is larger than the log is whole', async () => {
  const part = new Uint8Array(6144).fill(7);
  const { end } = await hook(WELL, [...wheel(6144 * 11_000), ...Array.from({ length: 11_000 }, () => encoded(part)).flat()]);
  expect('bytes' in end && end.bytes.length).toBe(6144 * 11_000);
});

test.each([
  ['says nothing', WELL, [], 'its back end gave no answer'],
  ['prints something else', WELL, [['stdout', 'done!']], 'its back end gave no answer'],
  ['is cut off', WELL, [...wheel(9), ...encoded(new Uint8Array(3))], '3 of the 9 bytes of its wheel came'],
  ['makes too large a wheel', WELL, wheel(2 ** 30), 'its wheel has 1024 MiB, and 512 MiB are the most'],
  [
    'fails',
    { code: 1, signal: null, atMs: 1 },
    [
      ['stderr', 'ImportError: no git'],
      ['stderr', ' '],
    ],
    'ImportError: no git',
  ],
  [
    'takes all memory',
    { code: null, signal: 'SIGKILL', atMs: 1 },
    [['stderr', 'x']],
    'ended by SIGKILL, as where it takes more than 2 GiB',
  ],
  ['hangs', undefined, [], 'it did not end within 10 minutes'],
] as const)('a back end that %s is an error at its package', async (_, exit, said, why) => {
  const { end } = await hook(exit, said);
  expect(end).toMatchObject({
    name: 'UserError',
    message: expect.stringContaining(why),
    hint: expect.stringContaining('uv build ../lib'),
    at: { file: '../lib/pyproject.toml' },
  });
});

test('what a back end asks for is handed on, if it is words', async () => {
  expect((await hook(WELL, [['stdout', '{"missing": ["editables~=0.3"]}']])).end).toEqual({ missing: ['editables~=0.3'] });
  expect((await hook(WELL, [['stdout', '{"missing": [3]}']])).end).toMatchObject({ name: 'UserError' });
});
