import { describe, expect, test } from 'vitest';
import { checkUrlOf } from './check-url.ts';

const shell = (text: string, ...Env: readonly string[]) => checkUrlOf({ Healthcheck: { Test: ['CMD-SHELL', text] }, Env });
const exec = (...words: readonly string[]) => checkUrlOf({ Healthcheck: { Test: ['CMD', ...words] } });

describe('what a health check asks is read from its words', () => {
  test('a URL of the container’s own, whoever asks it', () => {
    expect(shell('curl -f http://localhost:8080/health || exit 1')).toEqual({
      host: 'localhost',
      port: 8080,
      speaks: 'http',
      path: '/health',
    });
    expect(shell('wget -q --spider http://127.0.0.1/ || exit 1')).toEqual({ host: '127.0.0.1', port: 80, speaks: 'http', path: '/' });
    expect(shell('wget --quiet --tries=1 --spider http://localhost:3000 || exit 1')).toEqual({
      host: 'localhost',
      port: 3000,
      speaks: 'http',
      path: '/',
    });
    expect(exec('python', '-c', "import urllib.request; urllib.request.urlopen('http://[::1]:8000/api/health?deep=1')")).toEqual({
      host: '[::1]',
      port: 8000,
      speaks: 'http',
      path: '/api/health?deep=1',
    });
    expect(exec('node', '-e', "require('http').get('http://0.0.0.0:3000/', r => process.exit(r.statusCode === 200 ? 0 : 1))")).toEqual({
      host: '0.0.0.0',
      port: 3000,
      speaks: 'http',
      path: '/',
    });
    expect(shell('test "$(curl -s http://localhost:9000/ready)" = ok')).toEqual({
      host: 'localhost',
      port: 9000,
      speaks: 'http',
      path: '/ready',
    });
    expect(shell('curl -kfs https://localhost:8443/health')).toEqual({ host: 'localhost', port: 8443, speaks: 'tls', path: '/health' });
    expect(shell('curl -kfs https://localhost/health')?.port).toBe(443);
  });

  test('without a scheme, where the program takes it for HTTP', () => {
    expect(shell('curl --fail localhost:5000/health || exit 1')).toEqual({
      host: 'localhost',
      port: 5000,
      speaks: 'http',
      path: '/health',
    });
    expect(shell('curl localhost || exit 1')).toEqual({ host: 'localhost', port: 80, speaks: 'http', path: '/' });
    expect(shell('pg_isready -h localhost -p 5432')).toBeUndefined();
    expect(shell('redis-cli -h localhost:6379 ping')).toBeUndefined();
    expect(shell('nc -z localhost 8080')).toBeUndefined();
  });

  test('by Python’s http.client, with which the images of the direct engine ask', () => {
    const code = "import http.client as h; c = h.HTTPConnection('127.0.0.1', 8000, timeout=10); c.request('GET', '/health')";
    expect(exec('python3', '-c', code)).toEqual({ host: '127.0.0.1', port: 8000, speaks: 'http', path: '/health' });
    expect(exec('python3', '-c', "import http.client as h; h.HTTPSConnection('localhost', 443)")).toEqual({
      host: 'localhost',
      port: 443,
      speaks: 'tls',
    });
    expect(exec('python3', '-c', "import socket; socket.create_connection(('127.0.0.1', 8080), 10).close()")).toBeUndefined();
  });

  test('variables by what the image sets, else by their default; without either nothing is guessed', () => {
    expect(shell('curl -f http://localhost:${PORT}/health || exit 1', 'PORT=3000')?.port).toBe(3000);
    expect(shell('curl -f http://localhost:$PORT/health || exit 1', 'HOST=x', 'PORT=3000')?.port).toBe(3000);
    expect(shell('curl -f http://localhost:${PORT:-8080}/health || exit 1')).toEqual({
      host: 'localhost',
      port: 8080,
      speaks: 'http',
      path: '/health',
    });
    expect(shell('curl -f http://localhost:${PORT:-8080}/health', 'PORT=')?.port).toBe(8080);
    expect(shell('curl -f http://localhost:${PORT}/health || exit 1')).toBeUndefined();
    expect(shell('curl -f http://localhost:8080/${NAME}/health')).toEqual({ host: 'localhost', port: 8080, speaks: 'http' });
  });

  test('nothing by a URL that is asked through a socket or a proxy: its port is none of the container’s', () => {
    expect(exec('curl', '-f', '--unix-socket', '/run/app.sock', 'http://localhost/health')).toBeUndefined();
    expect(shell('curl -sf --abstract-unix-socket app http://localhost:8080/')).toBeUndefined();
    expect(shell('curl --socks5-hostname localhost:9050 https://check.example/')).toBeUndefined();
    expect(shell('curl -x socks5h://localhost:9050 http://localhost:8080/')).toBeUndefined();
    expect(shell('curl --proxy localhost:3128 http://example.com/')).toBeUndefined();
    expect(shell('curl -f http://localhost:8080/-x')?.path).toBe('/-x');
  });

  test('what stands in a header is not asked', () => {
    const text = 'curl -fs -H "Origin: http://localhost" --referer http://localhost:1/ http://127.0.0.1:8080/health';
    expect(shell(text)).toEqual({ host: '127.0.0.1', port: 8080, speaks: 'http', path: '/health' });
  });

  test('of others, of scripts, and of no check nothing is said', () => {
    expect(shell('curl -f http://example.com/health')).toBeUndefined();
    expect(shell('curl -f http://localhost.example.com/health')).toBeUndefined();
    expect(shell('/healthcheck.sh')).toBeUndefined();
    expect(shell('curl -f http://localhost:99999/')).toBeUndefined();
    expect(checkUrlOf({ Healthcheck: { Test: ['NONE'] } })).toBeUndefined();
    expect(checkUrlOf({})).toBeUndefined();
  });
});
