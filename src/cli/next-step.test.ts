import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import type { Plan } from '../plan/index.ts';
import type { Proof } from '../prove/index.ts';
import { nextStep } from './next-step.ts';
import type { Destination } from './push.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-next-'));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const plan = { contract: { ports: [{ port: 8000 }] } } as unknown as Plan;
const fit = { verdict: 'fit', gates: [] } as unknown as Proof;

async function proposed(tools: readonly string[], ref: string, proof = fit, pushed?: Destination): Promise<string> {
  const bin = mkdtempSync(join(folder, 'bin-'));
  for (const tool of tools) writeFileSync(join(bin, tool), '', { mode: 0o755 });
  vi.stubEnv('PATH', bin);
  return nextStep(proof, ref, 'service', plan, pushed);
}

test('proposes what the tools of this machine can do', async () => {
  const ref = 'oci:service/.plimsoll/image:words:1';
  for (const tool of ['podman', 'docker'])
    expect(await proposed([tool], ref)).toMatch(
      new RegExp(
        ` build service --output docker-archive:image\\.tar && ${tool} load -i image\\.tar && ${tool} run --rm --read-only -p 8000:8000 words:1$`,
      ),
    );
  expect(await proposed(['docker'], 'docker-archive:words.tar:words:1')).toBe(
    'Next: docker load -i words.tar && docker run --rm --read-only -p 8000:8000 words:1',
  );
  expect(await proposed([], ref)).toMatch(/ run service$/);
});

test('what was pushed is run from there', async () => {
  const pushed = { name: '127.0.0.1:5000/words:1@sha256:0', says: '', isPlain: true };
  expect(await proposed(['docker'], 'oci:x:y', fit, pushed)).toBe(
    'Next: docker run --rm --read-only -p 8000:8000 127.0.0.1:5000/words:1@sha256:0',
  );
  expect(await proposed(['podman'], 'oci:x:y', fit, pushed)).toBe(
    'Next: podman run --rm --read-only -p 8000:8000 --tls-verify=false 127.0.0.1:5000/words:1@sha256:0',
  );
});

test('what could not be measured is to be measured, or let through by name', async () => {
  const unproven = { verdict: 'unproven', gates: [{ id: 'logs', required: true, outcome: { outcome: 'unproven' } }] } as unknown as Proof;
  expect(await proposed(['podman'], 'oci:x:y', unproven)).toMatch(/^Next: do what is said above .* ship service --allow-unproven logs$/);
});

test('what failed comes first', async () => {
  const unfit = { verdict: 'unfit', gates: [{ id: 'logs', required: true, outcome: { outcome: 'failed' } }] } as unknown as Proof;
  expect(await proposed(['podman'], 'oci:x:y', unfit)).toMatch(/ explain logs` says more$/);
});
