import { describe, expect, test } from 'vitest';
import { memoryFiles, type Because } from '../base/index.ts';
import { makePlan, type Plan } from '../plan/index.ts';
import type { ImageSummary } from '../image/index.ts';
import type { GateResult, Outcome, Proof } from '../prove/index.ts';
import { readService } from '../service/index.ts';
import { compareRows, decisionLines, gateLines, headline, planReport, verdictLine, type Side } from './index.ts';

const plain = (text: string): string => text;
const style = { paint: { bold: plain, dim: plain, red: plain, green: plain, yellow: plain, cyan: plain }, width: 100 };
const seen: Because = [{ from: 'run', what: 'stdout', text: 'a line\nanother' }];

function gate(id: string, outcome: Outcome, required = true): GateResult {
  return { id, required, promise: '', outcome, tookMs: 1 };
}
const proof = (verdict: Proof['verdict'], ...gates: GateResult[]): Proof => ({
  digest: 'sha256:00',
  contract: {} as Proof['contract'],
  gates,
  runs: [],
  verdict,
  allowed: [],
});

async function plan(): Promise<Plan> {
  const files = memoryFiles({
    'requirements.txt': 'fastapi==0.115.5\nuvicorn==0.32.1\n',
    'app.py': 'from fastapi import FastAPI\napp = FastAPI(title="a | b <b> `c`")\n',
  });
  return makePlan(await readService(files, { folderName: 'notes' }), {}, {});
}

describe('the terminal', () => {
  test('a passed gate is one line with its figure and limit; what failed says what was seen and the fix', () => {
    const lines = gateLines(
      [
        {
          ...gate('ready-in-time', { outcome: 'passed', measured: { value: 840, unit: 'ms', text: '0.84 s' }, evidence: seen }),
          limit: { value: 1e4, unit: 'ms', text: '10.0 s' },
        },
        gate('logs', { outcome: 'failed', why: 'nothing came', fix: 'print', evidence: seen }, false),
        gate('sigterm', { outcome: 'skipped', why: 'not asked for' }),
      ],
      style,
    );
    expect(lines).toEqual([
      '  ✓ ready-in-time  0.84 s (limit 10.0 s)',
      '  ✗ logs           nothing came',
      '                   seen: stdout: a line',
      '                   fix: print',
      '                   advised, not required',
      '  – sigterm        not asked for',
    ]);
  });

  test('what one lack leaves unproven is said once', () => {
    const lack: Outcome = { outcome: 'unproven', why: 'no user namespaces', remedy: 'ask an administrator' };
    const lines = gateLines([gate('a', lack), gate('b', lack), gate('c', { ...lack, why: 'another' })], style);
    expect(lines).toEqual([
      '  ? a  no user namespaces',
      '       could not be measured here: ask an administrator',
      '  ? b  as a',
      '  ? c  another',
      '       could not be measured here: ask an administrator',
    ]);
  });

  test('every decision is one line that fits', async () => {
    const { decisions } = await plan();
    for (const width of [60, 80, 140]) {
      const lines = decisionLines(decisions, { ...style, width });
      expect(lines).toHaveLength(decisions.length);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
    }
    expect(headline(await plan(), style)).toBe('notes: FastAPI service on Python 3.13, port 8000');
    expect(planReport(await plan(), style)).toContain('requirements.txt:2: uvicorn==0.32.1');
  });

  test('the verdict counts', () => {
    const failed = gate('logs', { outcome: 'failed', why: '', fix: '', evidence: seen });
    expect(verdictLine(proof('unfit', failed, gate('a', { outcome: 'skipped', why: '' })), style)).toBe('not fit: 1 failed, 1 skipped');
    expect(verdictLine({ ...proof('fit', gate('a', { outcome: 'unproven', why: '', remedy: '' })), allowed: ['a'] }, style)).toBe(
      'fit: 1 unproven; let through unproven: a',
    );
  });
});

describe('the comparison', () => {
  const image: ImageSummary = {
    digest: 'sha256:00',
    platform: 'linux/amd64',
    size: { compressed: 1, uncompressed: 1, hidden: 0 },
    layers: 1,
    files: 1,
    user: '',
    entrypoint: [],
    command: [],
    healthCheck: [],
    settings: new Map(),
    tools: { shells: [], packageManagers: [], compilers: [] },
    setuid: [],
    installed: { packages: [], unread: [] },
    packages: new Map(),
    owners: new Map(),
    contents: new Map(),
    sizes: new Map(),
  };
  const side = (outcome: Outcome, builtMs?: number): Side => ({
    ref: 'x',
    image,
    gates: [gate('ready-in-time', outcome)],
    ...(builtMs === undefined ? {} : { builtMs }),
  });
  const ready = (value: number): Outcome => ({ outcome: 'passed', measured: { value, unit: 'ms', text: '' }, evidence: seen });
  const times = (before: Side, after: Side) => compareRows({ before, after }).filter(({ what }) => / (in|after)$/.test(what));

  test('says how long both took to build and to be ready', () => {
    expect(times(side(ready(400), 60_000), side(ready(300), 15_000))).toEqual([
      { what: 'built in', before: '60.0 s', after: '15.0 s', change: '−75 %' },
      { what: 'ready after', before: '400 ms', after: '300 ms', change: '−25 %' },
    ]);
  });

  test('says nothing of a time that only one has, and takes no waiting in vain for one', () => {
    const late: Outcome = { outcome: 'failed', measured: { value: 30_000, unit: 'ms', text: '' }, why: '', fix: '', evidence: seen };
    expect(times(side(ready(400), 60_000), side(late))).toEqual([]);
  });
});
