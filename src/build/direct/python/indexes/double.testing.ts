import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { zipSync } from 'fflate';

/** What the index does instead of answering as it should. */
export type Fault = 401 | 403 | 404 | 500 | 'stall' | 'other bytes' | 'gone';

export interface Index {
  /** `http://127.0.0.1:PORT/simple`, without a login. */
  readonly url: string;
  /** With the login in it. */
  readonly urlWithLogin: string;
  readonly wheelUrl: string;
  readonly sha256: string;
  /** Requests that carried the right login. */
  readonly admitted: () => number;
  fault: Fault | undefined;
  close(): Promise<void>;
}

export const USER = 'reader';

/** A package index on the loopback that demands a login and has one wheel: `tally` 1.0.0. */
export async function startIndex(password: string): Promise<Index> {
  const wheel = wheelOf('tally', '1.0.0');
  const sha256 = createHash('sha256').update(wheel).digest('hex');
  const file = 'tally-1.0.0-py3-none-any.whl';
  const expected = `Basic ${Buffer.from(`${USER}:${password}`).toString('base64')}`;
  let admitted = 0;
  const server = createServer((request, response) => {
    const answer = (status: number, body: string | Uint8Array = '', headers: Record<string, string> = {}): void =>
      void response.writeHead(status, headers).end(body);
    const { fault } = index;
    if (fault === 'stall') return;
    if (request.headers.authorization !== expected || fault === 401)
      return answer(401, '', { 'www-authenticate': 'Basic realm="packages"' });
    admitted += 1;
    if (typeof fault === 'number') return answer(fault);
    const path = request.url ?? '';
    if (path === `/files/${file}`)
      return fault === 'gone' ? answer(404) : answer(200, fault === 'other bytes' ? wheelOf('tally', '1.0.0', 'other') : wheel);
    if (path !== '/simple/tally/') return answer(404);
    return answer(200, `<!doctype html><a href="/files/${file}#sha256=${sha256}">${file}</a>`, { 'content-type': 'text/html' });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const index: Index = {
    url: `http://127.0.0.1:${port}/simple`,
    urlWithLogin: `http://${USER}:${password}@127.0.0.1:${port}/simple`,
    wheelUrl: `http://127.0.0.1:${port}/files/${file}`,
    sha256,
    admitted: () => admitted,
    fault: undefined,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return index;
}

/** A wheel (binary distribution format, PEP 427) with one module that says what it is. */
function wheelOf(name: string, version: string, word = 'tally'): Uint8Array {
  const info = `${name}-${version}.dist-info`;
  const files = {
    [`${name}/__init__.py`]: `WORD = "${word}"\n`,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
  };
  const record =
    Object.keys(files)
      .map((path) => `${path},,\n`)
      .join('') + `${info}/RECORD,,\n`;
  const all = Object.entries({ ...files, [`${info}/RECORD`]: record });
  return zipSync(Object.fromEntries(all.map(([path, text]) => [path, new TextEncoder().encode(text)])), {
    mtime: new Date(1_600_000_000_000),
  });
}
