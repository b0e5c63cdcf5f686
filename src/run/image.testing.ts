import { readFileSync } from 'node:fs';
import { sha256, type Digest } from '../base/node.ts';
import { encodeHead, endOfTar, paddingOf, type Image, type ImageConfig, type TarHead } from '../image/index.ts';
import type { RunOptions } from './types.ts';

/** An entry of a test layer: what is not said is a file of root's, mode 0644 (folders 0755). */
export type Entry = Partial<TarHead> & { readonly path: string; readonly content?: string | Uint8Array };

export function tarOf(entries: readonly Entry[]): Uint8Array {
  const parts = entries.flatMap(({ content, ...head }) => {
    const body = typeof content === 'string' ? Buffer.from(content) : (content ?? new Uint8Array());
    const type = head.type ?? 'file';
    const full: TarHead = {
      mode: type === 'directory' ? 0o755 : 0o644,
      uid: 0,
      gid: 0,
      mtimeSeconds: 0,
      ...head,
      type,
      sizeBytes: body.length,
    };
    return [encodeHead(full), body, new Uint8Array(paddingOf(body.length))];
  });
  return Buffer.concat([...parts, endOfTar()]);
}

/** An image in memory, of layers given as tars. */
export function imageOfTars(tars: readonly Uint8Array[], config: NonNullable<ImageConfig['config']>): Image {
  const diffIds = tars.map((tar) => sha256(tar));
  const document: ImageConfig = { architecture: 'amd64', os: 'linux', config, rootfs: { type: 'layers', diff_ids: diffIds } };
  const descriptor = (digest: Digest, size: number) => ({ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest, size });
  const layers = tars.map((tar, i) => ({
    descriptor: descriptor(diffIds[i]!, tar.length),
    diffId: diffIds[i]!,
    async *tar() {
      yield tar;
    },
  }));
  const manifest = {
    schemaVersion: 2 as const,
    config: descriptor(sha256(JSON.stringify(document)), 0),
    layers: layers.map((layer) => layer.descriptor),
  };
  return {
    manifest: async () => Buffer.from(JSON.stringify(manifest)),
    blob: () => {
      throw new Error('not needed here');
    },
    attestations: [],
    attached: async () => [],
    digest: async () => sha256(JSON.stringify(manifest)),
    parsedManifest: async () => manifest,
    config: async () => document,
    layers: async () => layers,
  };
}

export const BUSYBOX = '/bin/busybox';

/** A layer with a shell and the usual programs, as links to busybox; and what an image has at least. */
export function busyboxLayer(...more: readonly Entry[]): Uint8Array {
  const applets = [
    'sh',
    'cat',
    'ls',
    'id',
    'sleep',
    'grep',
    'touch',
    'mkdir',
    'rm',
    'echo',
    'ps',
    'nc',
    'httpd',
    'env',
    'kill',
    'readlink',
    'stat',
    'wc',
    'seq',
    'head',
    'yes',
    'mount',
    'unshare',
    'chmod',
    'hostname',
    'netstat',
    'df',
    'find',
    'od',
    'dd',
    'true',
    'mknod',
    'ip',
    'wget',
    'tr',
    'awk',
    'tail',
    'ln',
    'printf',
    'sort',
  ];
  return tarOf([
    { path: 'bin', type: 'directory' },
    { path: 'bin/busybox', content: readFileSync(BUSYBOX), mode: 0o755 },
    ...applets.map((name) => ({ path: `bin/${name}`, type: 'symlink' as const, target: 'busybox' })),
    { path: 'etc', type: 'directory' },
    { path: 'etc/passwd', content: 'root:x:0:0:root:/root:/bin/sh\napp:x:10001:10001::/home/app:/bin/sh\n' },
    { path: 'etc/group', content: 'root:x:0:\napp:x:10001:\nextra:x:20002:app\n' },
    { path: 'tmp', type: 'directory', mode: 0o1777 },
    ...more,
  ]);
}

/** Read-only root, nothing given. */
export const plainRun: RunOptions = { environment: {}, readOnlyRoot: true, writablePaths: [] };
