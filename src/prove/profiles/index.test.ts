import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { configSchema } from '../../config/index.ts';
import { gates } from '../gates/index.ts';
import { contractOf } from '../python-image.test-support.ts';
import { ecs } from './ecs.ts';
import { contractIn } from './profile.ts';
import { profiles } from './index.ts';

test('every profile of the folder is registered, once', () => {
  const named = readdirSync(import.meta.dirname).filter((name) => /^(?!index\.|profile\.)[a-z]+\.ts$/.test(name));
  expect(profiles.map((it) => `${it.id}.ts`).toSorted()).toEqual(named.toSorted());
});

test('plimsoll.yaml takes each of them', () => {
  for (const { id } of profiles) expect(configSchema.parse({ prove: { profile: id } }).prove?.profile).toBe(id);
});

test.each(profiles.map((it) => [it.id, it] as const))('%s names gates that there are, each once, with a reason and a source', (_, it) => {
  const named = it.levels.map((level) => level.gate);
  expect(named).toEqual([...new Set(named)]);
  expect(gates.map((gate) => gate.id)).toEqual(expect.arrayContaining(named));
  for (const { why, source } of it.levels) for (const text of [why, source]) expect(text.length).toBeGreaterThan(15);
});

describe('what a service is held to', () => {
  const contract = contractOf({ stop: { signal: 'SIGTERM', graceMs: 300_000 }, limits: { memoryBytes: 7 } });

  test("is the target's, where plimsoll.yaml says nothing", () => {
    const there = contractIn(ecs, contract, { grace: false, memory: false });
    expect([there.stop.graceMs, there.limits.memoryBytes]).toEqual([30_000, 512 * 1024 * 1024]);
  });

  test('is what plimsoll.yaml says, as far as the target admits it', () => {
    const there = contractIn(ecs, contract, { grace: true, memory: true });
    expect([there.stop.graceMs, there.limits.memoryBytes]).toEqual([120_000, 7]);
  });
});
