import { expect, test } from 'vitest';
import type { HttpAnswer, HttpRequest } from '../../run/index.ts';
import { contractOf } from '../python-image.test-support.ts';
import { askAnybody, askRoutes } from './routes.ts';

const fine: HttpAnswer = { answered: true, status: 200, headers: {}, body: '', afterMs: 1 };
const late: HttpAnswer = { answered: false, why: 'timed out', partial: false, afterMs: 2_000 };
const stream: HttpAnswer = { ...late, partial: true };
const routes = ['/a', '/b', '/c', '/d', '/e'].map((path) => ({ request: { port: 80, method: 'GET', path, timeoutMs: 2_000 } }));

test('a route that sends nothing is asked once more when all have been, and waited for longer; a stream and an answer are not', async () => {
  const asked: HttpRequest[] = [];
  const container = {
    request: async (request: HttpRequest) => {
      const nth = asked.push(request);
      if (request.path === '/d') return stream;
      if (request.path === '/e') return late;
      return nth <= 2 ? late : fine;
    },
  };
  const answers = await askRoutes(container, routes);
  expect(answers.map(({ request, answer }) => [request.path, request.timeoutMs, answer])).toEqual([
    ['/a', 2_000, fine],
    ['/b', 2_000, fine],
    ['/c', 2_000, fine],
    ['/d', 2_000, stream],
    ['/e', 2_000, late],
  ]);
  expect(asked.map(({ path, timeoutMs }) => `${path} ${timeoutMs}`)).toEqual([
    ...['/a', '/b', '/c', '/d', '/e'].map((path) => `${path} 2000`),
    ...['/a', '/b', '/e'].map((path) => `${path} 6000`),
  ]);
});

test('where nothing answered, and only there, a path is asked that nobody has', async () => {
  const asked: HttpRequest[] = [];
  const container = { request: async (request: HttpRequest) => (asked.push(request), late) };
  const speaking = (speaks: 'http' | 'tcp') => ({ contract: contractOf({ ports: [{ port: 80, protocol: 'tcp', speaks }] }) });
  const [first] = routes;
  const answered = async (speaks: 'http' | 'tcp', ...answers: readonly HttpAnswer[]) =>
    (
      await askAnybody(
        container,
        speaking(speaks),
        answers.map((answer) => ({ ...first!, answer })),
      )
    )?.answer;
  expect(await answered('tcp')).toBeUndefined();
  expect(await answered('http', late, fine)).toBeUndefined();
  expect(await answered('http', late, stream)).toBeUndefined();
  expect(asked).toEqual([]);
  expect([await answered('http'), await answered('http', late, late)]).toEqual([late, late]);
  expect(new Set(asked.map(({ path }) => path)).size).toBe(1);
});

test('a path that nobody has is waited for as long as what the check asks needs three times', async () => {
  const container = { request: async ({ timeoutMs = 0 }: HttpRequest) => (timeoutMs > 24_000 ? fine : late) };
  const contract = contractOf({ ports: [{ port: 80, protocol: 'tcp', speaks: 'http' }] });
  expect((await askAnybody(container, { contract }, [], 8_000))?.answer).toEqual(fine);
  expect((await askAnybody(container, { contract }, []))?.answer).toEqual(late);
});
