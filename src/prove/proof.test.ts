import { expect, test } from 'vitest';
import { EnvironmentError, UserError } from '../base/index.ts';
import type { Image, ImageTree } from '../image/index.ts';
import { gate, passed, seen } from './outcome.ts';
import { prove } from './proof.ts';
import { contractOf } from './python-image.test-support.ts';
import type { Profile } from './profiles/profile.ts';
import type { Gate, Outcome, Subject } from './types.ts';

const ok: Outcome = passed([seen('x', 'y')]);
const bad: Outcome = { outcome: 'failed', why: 'w', fix: 'f', evidence: [seen('x', 'y')] };
const make = (id: string, outcome: Outcome | (() => Promise<Outcome>), over: Partial<Gate> = {}): Gate =>
  gate({
    id,
    level: 'required',
    promise: '',
    why: '',
    source: '',
    needs: [],
    measure: async () => (typeof outcome === 'function' ? outcome() : outcome),
    ...over,
  });

const treeWith = (mode: number): ImageTree =>
  ({
    entries: new Map([['app/key', { record: { type: 'file', path: 'app/key', mode, uid: 0, gid: 0 } }]]),
    resolve: () => undefined,
    read: async () => new Uint8Array(),
  }) as unknown as ImageTree;
const subject = (mode = 0o644): Subject =>
  ({
    image: { digest: async () => 'sha256:0' } as unknown as Image,
    contract: contractOf({}),
    values: [],
    tree: async () => treeWith(mode),
    close: async () => {},
    seenRuns: () => [],
    beside: [],
  }) as unknown as Subject;
const here = { availability: { ok: true, lacks: [] } } as const;
const single = { ok: true, lacks: [{ ability: 'owners', why: 'one id is mapped', remedy: 'add a line to /etc/subuid' }] } as const;

const strict: Profile = {
  id: 'ecs',
  about: '',
  levels: [{ gate: 'a', level: 'required', why: 'it says so', source: 'there' }],
  grace: { ms: 1, source: '' },
};

test('a required failure is unfit, whatever else is unproven; an advised one is not', async () => {
  const open: Outcome = { outcome: 'unproven', why: 'w', remedy: 'r' };
  expect((await prove(subject(), here, [make('a', bad), make('b', open)])).verdict).toBe('unfit');
  expect((await prove(subject(), here, [make('a', ok), make('b', open)])).verdict).toBe('unproven');
  expect(await prove(subject(), { ...here, allowUnproven: ['b'] }, [make('a', ok), make('b', open)])).toMatchObject({
    verdict: 'fit',
    allowed: ['b'],
  });
  expect((await prove(subject(), here, [make('a', bad, { level: 'advised' })])).verdict).toBe('fit');
  expect((await prove(subject(), { ...here, profile: strict }, [make('a', bad, { level: 'advised' })])).verdict).toBe('unfit');
});

test('what still runs is taken down at the end, also when a gate throws', async () => {
  let closed = 0;
  const open = { ...subject(), close: async () => void (closed += 1) };
  await prove(open, here, [make('a', ok)]);
  await expect(prove(open, here, [make('a', async () => Promise.reject(new Error('a bug')))])).rejects.toThrow('a bug');
  expect(closed).toBe(2);
});

test('a secret that people gave shows in no outcome, wherever it would stand', async () => {
  const given = {
    ...subject(),
    contract: contractOf({
      environment: [
        { name: 'UPSTREAM', required: true, secret: true, because: [seen('x', 'y')] },
        { name: 'LOG_LEVEL', required: false, secret: false, because: [seen('x', 'y')] },
      ],
    }),
    values: [
      { name: 'UPSTREAM', value: 'k-9f31', from: 'flag' },
      { name: 'ADMIN_PASSWORD', value: 'correct horse', from: 'env-file' },
      { name: 'DATABASE_URL', value: 'postgres://app:s3same@db/app', from: 'config' },
      { name: 'LOG_LEVEL', value: 'debug', from: 'config' },
      { name: 'SHORT_TOKEN', value: 'abc', from: 'config' },
    ],
  } as Subject;
  const line = 'debug: abc asks postgres://app:s3same@db/app with k-9f31, correct horse, s3same';
  const outcome: Outcome = {
    outcome: 'failed',
    why: line,
    fix: 'not k-9f31',
    evidence: [seen('log', line), { from: 'file', file: 'a', range: {} as never, text: 'k-9f31' }],
  };
  const { gates } = await prove(given, here, [make('a', outcome), make('b', { outcome: 'unproven', why: 'k-9f31', remedy: 'k-9f31' })]);
  const hidden = 'debug: [SHORT_TOKEN] asks postgres://app:[DATABASE_URL]@db/app with [UPSTREAM], [ADMIN_PASSWORD], [DATABASE_URL]';
  expect(gates.map((it) => it.outcome)).toEqual([
    {
      outcome: 'failed',
      why: hidden,
      fix: 'not [UPSTREAM]',
      evidence: [seen('log', hidden), { from: 'file', file: 'a', range: {}, text: '[UPSTREAM]' }],
    },
    { outcome: 'unproven', why: '[UPSTREAM]', remedy: '[UPSTREAM]' },
  ]);
});

test('what the machine lacks is unproven with the remedy, and the gate is not asked', async () => {
  const never = make('a', async () => expect.unreachable(), { needs: ['runner', 'signals'] });
  expect(
    (await prove(subject(), { availability: { ok: false, why: 'no namespaces', remedy: 'install' } }, [never])).gates[0]?.outcome,
  ).toEqual({ outcome: 'unproven', why: 'no namespaces', remedy: 'install' });
  const lacks = { ok: true, lacks: [{ ability: 'signals', why: 'none', remedy: 'r' }] } as const;
  expect((await prove(subject(), { availability: lacks }, [never])).gates[0]?.outcome).toEqual({
    outcome: 'unproven',
    why: 'none',
    remedy: 'r',
  });
});

test('with one mapped id, an image with a file that only root may read is never passed by what runs', async () => {
  const running = make('a', ok, { needs: ['runner'] });
  expect((await prove(subject(0o600), { availability: single }, [running])).gates[0]?.outcome).toMatchObject({
    outcome: 'unproven',
    why: expect.stringContaining('/app/key'),
    remedy: 'add a line to /etc/subuid',
  });
  expect((await prove(subject(0o644), { availability: single }, [running])).gates[0]?.outcome).toMatchObject({ outcome: 'passed' });
  expect((await prove(subject(0o600), here, [running])).gates[0]?.outcome).toMatchObject({ outcome: 'passed' });
});

test('a machine that cannot is unproven; a bug goes up, after all containers are gone', async () => {
  const cannot = make('a', async () => Promise.reject(new EnvironmentError('no disk', 'free some')));
  expect((await prove(subject(), here, [cannot])).gates[0]?.outcome).toEqual({ outcome: 'unproven', why: 'no disk', remedy: 'free some' });
  let ended = false;
  const slow = make('b', async () => new Promise((resolve) => setTimeout(() => ((ended = true), resolve(ok)), 50)), { needs: ['runner'] });
  await expect(prove(subject(), here, [make('a', async () => Promise.reject(new TypeError('bug'))), slow])).rejects.toThrow('bug');
  expect(ended).toBe(true);
});

test('what measures time runs alone, the rest two at a time, and the order of the report is that of the gates', async () => {
  let now = 0;
  const most: Record<string, number> = {};
  const counted = (id: string, over: Partial<Gate> = {}): Gate =>
    make(
      id,
      async () => {
        now += 1;
        most[id] = now;
        await new Promise((resolve) => setTimeout(resolve, 20));
        most[id] = Math.max(most[id] ?? 0, now);
        now -= 1;
        return ok;
      },
      { needs: ['runner'], ...over },
    );
  const gates = [counted('a'), counted('b'), counted('c', { alone: true }), counted('d'), counted('e', { alone: true })];
  const proof = await prove(subject(), here, gates);
  expect(proof.gates.map((it) => it.id)).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect([most['c'], most['e']]).toEqual([1, 1]);
  expect(Math.max(...Object.values(most))).toBe(2);
});

test('only, skip, and a gate that does not exist', async () => {
  const gates = [make('a', ok), make('b', bad)];
  expect((await prove(subject(), { ...here, only: ['a'] }, gates)).gates.map((it) => it.id)).toEqual(['a']);
  expect(await prove(subject(), { ...here, skip: ['b'] }, gates)).toMatchObject({
    verdict: 'fit',
    gates: [{ id: 'a' }, { outcome: { outcome: 'skipped' } }],
  });
  await expect(prove(subject(), { ...here, skip: ['z'] }, gates)).rejects.toThrow(UserError);
});

test('no outcome shows the value of a secret variable', async () => {
  const leak: Outcome = { outcome: 'failed', why: 'no door for hunter2-x', fix: 'f', evidence: [seen('log', 'key=hunter2-x')] };
  const values: Subject['values'] = [{ name: 'API_KEY', value: 'hunter2-x', from: 'env-file' }];
  const { gates } = await prove({ ...subject(), values }, here, [make('a', leak)]);
  expect(JSON.stringify(gates)).not.toContain('hunter2');
  expect(gates[0]?.outcome).toMatchObject({ why: 'no door for [API_KEY]', evidence: [{ text: 'key=[API_KEY]' }] });
});

test('a proof that takes too long ends, and what was not measured by then is unproven', async () => {
  let stop: (why: Error) => void = () => {};
  const stopped = new Promise<never>((_, reject) => (stop = reject));
  const slow = { ...subject(), close: async (why?: Error) => stop(why ?? new Error('over')) };
  const { gates } = await prove(slow, { ...here, withinMs: 20 }, [make('a', () => stopped)]);
  expect(gates[0]?.outcome).toMatchObject({ outcome: 'unproven', why: 'the proof took longer than 20 ms' });
});
