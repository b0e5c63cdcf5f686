import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { copyOf, fixtures, GATES, isRoot, plimsoll, scratch, LENIENT } from './plimsoll.ts';

const place = scratch();
afterAll(place.remove);

interface Gate {
  readonly id: string;
  readonly outcome: string;
  readonly why?: string;
}

/** What each fixture needs to be proven; machines that run tests are slow, so each has a minute to start. */
const READY = 'budget:\n  ready: 60 s\n';
const services = {
  'python-fastapi': `${READY}probes:\n  - GET /health 200\n  - request: GET /slow?seconds=1 200\n    slow: true\n`,
  'python-flask-gunicorn': `${READY}probes:\n  - GET /health 200\n  - request: GET /slow?seconds=1 200\n    slow: true\n`,
  'python-django': `${READY}prove:\n  env:\n    DJANGO_SECRET_KEY: for-the-proof-only\nprobes:\n  - GET /orders/7/ 200\n`,
  'python-aiohttp': `${READY}probes:\n  - GET /health 200\n  - request: GET /slow 200\n    slow: true\n`,
  'python-tcp': READY,
  'python-starlette': READY,
  'python-src-layout': READY,
  'python-script-metadata': READY,
  'python-poetry-lock': READY,
  'python-pdm-lock': READY,
  'python-pipfile-lock': READY,
  'python-pylock': READY,
  'python-hypercorn': READY,
  'python-waitress': READY,
  'python-gunicorn-threads': READY,
  'python-batch-job': READY,
  'python-near-limits': '',
};

test.each(Object.entries(services))('%s passes all gates', async (name, config) => {
  const folder = copyOf(join(fixtures, name, 'service'), join(place.folder, name));
  appendFileSync(join(folder, 'plimsoll.yaml'), config);
  const end = await plimsoll(['ship', folder, '--json', ...LENIENT]);
  const { gates, verdict } = JSON.parse(end.stdout || `{"gates":[],"verdict":${JSON.stringify(end.stderr)}}`) as {
    readonly gates: readonly Gate[];
    readonly verdict: string;
  };
  const bad = isRoot ? ['failed', 'unproven'] : ['failed'];
  expect(gates.filter((gate) => bad.includes(gate.outcome)).map(({ id, outcome, why }) => ({ id, outcome, why }))).toEqual([]);
  expect({ code: end.code, gates: gates.map(({ id }) => id) }, verdict).toEqual({ code: 0, gates: GATES });
});
