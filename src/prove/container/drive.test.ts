import { expect, test } from 'vitest';
import type { Container, HttpAnswer, HttpRequest } from '../../run/index.ts';
import { drive } from './drive.ts';
import type { Driven } from './observe.ts';

const answer = (status: number, afterMs = 1): HttpAnswer => ({ answered: true, status, headers: {}, body: '', afterMs });
const late: HttpAnswer = { answered: false, why: 'timed out', partial: false, afterMs: 2_000 };
const first = (path: string, came: HttpAnswer = answer(200), method = 'GET'): Driven => ({
  request: { port: 80, method, path },
  answer: came,
});

/** A service that answers the nth request for a path; its clock goes on a millisecond with each. */
function service(answers: (path: string, nth: number, request: HttpRequest) => HttpAnswer) {
  const asked: string[] = [];
  let now = 0;
  const container = {
    now: () => now,
    request: async (request: HttpRequest) => {
      now += 1;
      asked.push(request.path);
      return answers(request.path, asked.filter((it) => it === request.path).length, request);
    },
  };
  return { container: container as unknown as Container, asked };
}

test('a hundred requests in all, 25 of each, and only what is safe and quick', async () => {
  const one = service(() => answer(200));
  expect(await drive(one.container, [first('/')])).toEqual({ made: 100, routes: 1, worse: [] });
  const six = service(() => answer(404));
  const safe = ['/a', '/b', '/c', '/d', '/e', '/f'].map((path) => first(path));
  const others = [
    first('/broken', answer(500)),
    first('/orders', answer(201), 'POST'),
    first('/events', late),
    first('/slow', answer(200, 900)),
  ];
  expect(await drive(six.container, [...safe, ...others])).toMatchObject({ made: 150, routes: 6 });
  expect(new Set(six.asked)).toEqual(new Set(safe.map((it) => it.request.path)));
});

test('what was answered at first and then fails is told, with the request at which it did, and not asked on', async () => {
  const { container, asked } = service((path, nth) => answer(path === '/pool' && nth > 20 ? 500 : 200));
  const { worse } = await drive(container, [first('/pool'), first('/')]);
  expect(worse).toEqual([{ name: 'GET /pool', firstStatus: 200, after: 21, answer: answer(500) }]);
  expect(asked.filter((it) => it === '/pool').length).toBeLessThan(30);
});

test('who does not answer among many and does so alone was only slow; who never does is worse', async () => {
  const patient = (request: HttpRequest): boolean => (request.timeoutMs ?? 0) > 2_000;
  const stalled = service((_, nth, request) => (nth === 50 && !patient(request) ? late : answer(200)));
  expect((await drive(stalled.container, [first('/')])).worse).toEqual([]);
  const stuck = service((_, nth) => (nth >= 50 ? late : answer(200)));
  expect((await drive(stuck.container, [first('/')])).worse).toMatchObject([{ name: 'GET /', after: 50, answer: late }]);
});
