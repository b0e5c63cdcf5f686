import { expect, test } from 'vitest';
import type { HttpAnswer, HttpRequest } from '../../run/index.ts';
import { askRoutes } from './routes.ts';

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
