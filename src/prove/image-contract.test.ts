import { expect, test } from 'vitest';
import type { ImageConfig } from '../image/index.ts';
import { requestsFor } from './container/requests.ts';
import { contractOfImage, hintsOfImage, type ImageWishes } from './image-contract.ts';
import { plainImage, plainLayer } from './python-image.test-support.ts';

type Config = NonNullable<ImageConfig['config']>;

async function readFrom(config: Config, wishes: ImageWishes = {}) {
  const image = plainImage([plainLayer([])], config);
  const contract = await contractOfImage(image, wishes);
  return {
    ports: contract.ports.map(({ port, speaks }) => `${port} ${speaks}`),
    paths: (await hintsOfImage(image, contract, wishes)).checked.map((it) => it.path),
    readyWithinMs: contract.readyWithinMs,
  };
}

const CHECK = { Test: ['CMD-SHELL', 'curl -f http://localhost:${PORT:-8080}/health || exit 1'] };
const exposing = (...ports: readonly string[]): Readonly<Record<string, object>> => Object.fromEntries(ports.map((it) => [it, {}]));

test('what its health check asks says the port, among those that it exposes, that HTTP is spoken there, and a path', async () => {
  // As Docker writes them: in the order of their text.
  const ExposedPorts = exposing('443/tcp', '8080/tcp', '9000/tcp');
  expect(await readFrom({ ExposedPorts, Healthcheck: CHECK })).toMatchObject({ ports: ['8080 http'], paths: ['/health'] });
  expect(await readFrom({ ExposedPorts, Healthcheck: CHECK, Env: ['PORT=9000'] })).toMatchObject({
    ports: ['9000 http'],
    paths: ['/health'],
  });
  expect(await readFrom({ Healthcheck: CHECK })).toMatchObject({ ports: ['8080 http'] });
  expect(await readFrom({ ExposedPorts, Healthcheck: CHECK, Env: ['PORT=9000'] }, { values: { PORT: '443' } })).toMatchObject({
    ports: ['443 http'],
  });
});

test('a check that asks another port than those exposed says nothing of them, and none says that all may be it', async () => {
  expect(await readFrom({ ExposedPorts: exposing('80', '443/tcp', '53/udp'), Healthcheck: CHECK })).toMatchObject({
    ports: ['80 tcp', '443 tcp'],
    paths: [],
  });
  expect(await readFrom({ ExposedPorts: exposing('8080-8090/tcp') })).toMatchObject({ ports: ['8080 tcp'], paths: [] });
  const tls = { Test: ['CMD', 'curl', '-kf', 'https://localhost:443/'] };
  expect(await readFrom({ ExposedPorts: exposing('443/tcp', '80/tcp'), Healthcheck: tls })).toMatchObject({
    ports: ['443 tcp'],
    paths: [],
  });
});

test('flags go before what the image says', async () => {
  const config = { ExposedPorts: exposing('3000/tcp', '8080/tcp'), Healthcheck: CHECK };
  expect(await readFrom(config, { port: 3000 })).toMatchObject({ ports: ['3000 tcp'], paths: [] });
  expect(await readFrom(config, { port: 3000, healthPath: '/up' })).toMatchObject({ ports: ['3000 http'], paths: ['/up'] });
  expect(await readFrom(config, { healthPath: '/up' })).toMatchObject({ ports: ['8080 http'], paths: ['/up'] });
  expect(await readFrom({ ExposedPorts: config.ExposedPorts }, { speaksHttp: true })).toMatchObject({ ports: ['3000 http'], paths: [] });
});

test('a start period of its check longer than ten seconds is the time that it has to be ready, up to five minutes', async () => {
  const after = async (seconds: number, wishes: ImageWishes = {}) =>
    (await readFrom({ Healthcheck: { ...CHECK, StartPeriod: seconds * 1e9 } }, wishes)).readyWithinMs;
  expect([await after(5), await after(60), await after(3600), await after(60, { readyWithinMs: 2000 })]).toEqual([
    10_000, 60_000, 300_000, 2000,
  ]);
});

test('what is asked names the host that the check names: a service may answer to that alone', async () => {
  const image = plainImage([plainLayer([])], { Healthcheck: { Test: ['CMD', 'curl', '-f', 'http://127.0.0.1:8080/health'] } });
  const contract = await contractOfImage(image, {});
  const { checked } = await hintsOfImage(image, contract, {});
  const [asked] = requestsFor({ contract, checked, probes: [] }).undeclared;
  expect(asked?.request).toMatchObject({ path: '/health', headers: { host: '127.0.0.1:8080' } });
});
