import type { ImageConfig } from '../../image/index.ts';
import { addFiles, inTurn, replaceIn, type Sabotage } from '../sabotage.test-support.ts';

const LEAK = replaceIn(
  'app/main.py',
  '@app.get("/health")\nasync def health() -> dict[str, str]:\n',
  'connections = asyncio.Semaphore(1)\n\n\n@app.get("/health")\nasync def health() -> dict[str, str]:\n    await connections.acquire()\n',
);

const checks =
  (code: string, more: { readonly Timeout?: number } = {}) =>
  (image: ImageConfig): ImageConfig => ({
    ...image,
    config: { ...image.config, Healthcheck: { ...image.config?.Healthcheck, Test: ['CMD', 'python3', '-c', code], ...more } },
  });

export const sabotages: readonly Sabotage[] = [
  {
    name: 'each check takes a connection and never gives it back',
    service: 'python-fastapi',
    edit: inTurn(LEAK, addFiles({ 'plimsoll.yaml': 'healthCheck:\n  timeout: 2 s\n  retries: 2\n' })),
  },
  { name: 'the check asks nobody', service: 'python-fastapi', editConfig: checks('print("fine")') },
  {
    // The kernel completes connections to a listening socket by itself: listen(2), "backlog".
    name: 'the check only connects',
    service: 'python-fastapi',
    editConfig: checks('import socket; socket.create_connection(("127.0.0.1", 8000), 2).close()'),
  },
  {
    name: 'the check only looks whether process 1 is there',
    service: 'python-fastapi',
    editConfig: checks('import os, sys; sys.exit(not os.path.exists("/proc/1"))'),
  },
  {
    name: 'the check takes no answer for a good one',
    service: 'python-fastapi',
    editConfig: checks(
      'import socket, urllib.request\ntry: urllib.request.urlopen("http://127.0.0.1:8000/health", timeout=1)\nexcept TimeoutError: pass',
      { Timeout: 30e9 },
    ),
  },
  {
    name: 'the check asks, and passes whatever comes of it',
    service: 'python-fastapi',
    editConfig: checks('import urllib.request\ntry: urllib.request.urlopen("http://127.0.0.1:8000/health")\nexcept OSError: pass', {
      Timeout: 3e9,
    }),
  },
  {
    name: 'the check passes for an answer of 500',
    service: 'python-fastapi',
    editConfig: checks(
      'import http.client\nc = http.client.HTTPConnection("127.0.0.1", 8000, timeout=2)\nc.request("GET", "/health")\nc.getresponse()',
    ),
  },
];
