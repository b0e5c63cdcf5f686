// Test code: a small Debian archive, signed with its own key, served on the loopback.
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import * as openpgp from 'openpgp';
import { encodeHead, endOfTar, paddingOf, type TarHead } from '../../../image/index.ts';

export interface TestPackage {
  readonly name: string;
  readonly version?: string;
  readonly fields?: string;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly entries?: readonly Partial<TarHead>[];
}

const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export function tarOf(entries: readonly (Partial<TarHead> & { readonly text?: string | Uint8Array })[]): Buffer {
  const blocks = entries.flatMap(({ text = '', ...head }) => {
    const body = Buffer.from(text as string); // or bytes: it takes both
    const full = { path: 'x', type: 'file', mode: 0o644, uid: 0, gid: 0, sizeBytes: body.length, mtimeSeconds: 0, ...head } as const;
    return [encodeHead(full), body, new Uint8Array(paddingOf(body.length))];
  });
  return Buffer.concat([...blocks, endOfTar()]);
}

export function arOf(members: readonly (readonly [name: string, data: Uint8Array])[]): Buffer {
  const parts = members.flatMap(([name, data]) => [
    Buffer.from(
      `${name.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'100644'.padEnd(8)}${String(data.length).padEnd(10)}\`\n`,
    ),
    data,
    Buffer.alloc(data.length % 2, '\n'),
  ]);
  return Buffer.concat([Buffer.from('!<arch>\n'), ...parts]);
}

export const controlOf = (one: TestPackage): string =>
  `Package: ${one.name}\nVersion: ${one.version ?? '1.0'}\nArchitecture: amd64\nMaintainer: Test <test@example.org>\n${one.fields ?? ''}Description: for a test\n`;

export function debOf(one: TestPackage): Buffer {
  const files = Object.entries(one.files ?? { [`usr/share/doc/${one.name}/copyright`]: 'free\n' }).map(([path, text]) => ({
    path: `./${path}`,
    text,
  }));
  return arOf([
    ['debian-binary', Buffer.from('2.0\n')],
    ['control.tar.gz', gzipSync(tarOf([{ path: './control', text: controlOf(one) }]))],
    ['data.tar.gz', gzipSync(tarOf([{ path: './', type: 'directory', mode: 0o755 }, ...files, ...(one.entries ?? [])]))],
  ]);
}

export interface SuiteText {
  readonly suite: string;
  readonly packages: readonly TestPackage[];
  /** Replaces or adds fields of the Release file. */
  readonly release?: Readonly<Record<string, string>>;
}

export interface TestRepository {
  readonly url: string;
  readonly armoredKey: string;
  /** Path → bytes; tests change what is served. */
  readonly files: Map<string, Uint8Array>;
  readonly requests: string[];
  /** Writes a suite's Packages, its signed InRelease and the packages. */
  publish(text: SuiteText): Promise<void>;
  close(): Promise<void>;
}

export async function testRepository(): Promise<TestRepository> {
  const { privateKey, publicKey } = await openpgp.generateKey({
    type: 'ecc',
    curve: 'ed25519Legacy',
    userIDs: [{ name: 'Test Archive', email: 'test@example.org' }],
    date: new Date(Date.now() - 100 * 86_400_000),
    format: 'object',
  });
  const files = new Map<string, Uint8Array>();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '').slice(1));
    requests.push(path);
    const found = files.get(path);
    if (!found) return void response.writeHead(404).end();
    if (path.endsWith('cut.deb'))
      return void (response.writeHead(200, { 'content-length': found.length }),
      response.write(found.subarray(0, found.length >> 1), () => response.destroy()));
    response.writeHead(200, { 'content-length': found.length }).end(found);
  });
  await listening(server);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    armoredKey: publicKey.armor(),
    files,
    requests,
    async publish({ suite, packages, release }) {
      const stanzas = packages.map((one) => {
        const deb = debOf(one);
        const filename = `pool/${one.name}_${one.version ?? '1.0'}.deb`;
        files.set(filename, deb);
        return `${controlOf(one)}Filename: ${filename}\nSize: ${deb.length}\nSHA256: ${hash(deb)}\n`;
      });
      const index = gzipSync(stanzas.join('\n'));
      const path = 'main/binary-amd64/Packages.gz';
      files.set(`dists/${suite}/main/binary-amd64/by-hash/SHA256/${hash(index)}`, index);
      const fields = {
        Origin: 'Debian',
        Label: 'Debian',
        Codename: suite,
        Date: new Date().toUTCString(),
        'Acquire-By-Hash': 'yes',
        Architectures: 'amd64',
        ...release,
      };
      const text = `${Object.entries(fields)
        .map(([name, value]) => `${name}: ${value}\n`)
        .join('')}SHA256:\n ${hash(index)} ${index.length} ${path}\n`;
      const message = await openpgp.createCleartextMessage({ text });
      // When it says that it was made, if that is past.
      const date = new Date(Math.min(Date.now(), Date.parse(release?.['Date'] ?? '') || Date.now()));
      files.set(`dists/${suite}/InRelease`, Buffer.from(await openpgp.sign({ message, signingKeys: privateKey, date })));
    },
    close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(() => resolve()))),
  };
}

const listening = (server: Server): Promise<void> => new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
