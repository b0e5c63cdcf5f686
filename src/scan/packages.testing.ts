import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AskJob, ScannedPackage } from './types.ts';

export const JOB: AskJob = { withinMs: 5000, nowMs: Date.parse('2026-12-01T12:00:00Z') };

export const python = (name: string, version: string, requires: readonly string[] = []): ScannedPackage => ({
  ecosystem: 'python',
  name,
  version,
  purl: `pkg:pypi/${name.toLowerCase()}@${version}`,
  requires,
});
export const npmPackage = (name: string, version: string): ScannedPackage => ({
  ecosystem: 'npm',
  name,
  version,
  purl: `pkg:npm/${name}@${version}`,
});
export const debian = (name: string, version: string, source = { name, version }, release = '12'): ScannedPackage => ({
  ecosystem: 'debian',
  name,
  version,
  architecture: 'amd64',
  source,
  distribution: { id: 'debian', version: release, codename: release === '13' ? 'trixie' : 'bookworm' },
  purl: `pkg:deb/debian/${name}@${version}?arch=amd64&distro=debian-${release}`,
});

export interface Double {
  readonly url: string;
  /** `METHOD path` of each request, in order. */
  readonly asked: string[];
  readonly headers: IncomingMessage['headers'][];
  close(): Promise<void>;
}

/** A server on the loopback: `answer` gives a value to be sent as JSON, or a status. */
export async function serve(answer: (path: string, body: unknown) => unknown): Promise<Double> {
  const [asked, headers]: [string[], IncomingMessage['headers'][]] = [[], []];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push(`${request.method} ${request.url}`);
      headers.push(request.headers);
      const text = Buffer.concat(chunks).toString();
      const said = answer(request.url ?? '', text === '' ? undefined : (JSON.parse(text) as unknown));
      if (said === 'stall') return;
      if (typeof said === 'number') response.writeHead(said).end();
      else response.writeHead(200, { 'content-type': 'application/json' }).end(typeof said === 'string' ? said : JSON.stringify(said));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    headers,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
