import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { flatten, openImage, type ImageTree } from '../src/image/index.ts';
import { copyOf, fixtures, has, isRoot, plimsoll, run, scratch } from './plimsoll.ts';

const place = scratch();
afterAll(place.remove);
const service = join(place.folder, 'words');
const layout = join(service, '.plimsoll/image');
const archives = { 'oci-archive': join(place.folder, 'oci.tar'), 'docker-archive': join(place.folder, 'docker.tar') };

// A real service's image, in all three formats that are written.
beforeAll(async () => {
  copyOf(join(fixtures, 'python-aiohttp/service'), service);
  for (const output of [undefined, ...Object.entries(archives).map((pair) => pair.join(':'))]) {
    const built = await plimsoll(['build', service, '--tag', 'words:1', ...(output === undefined ? [] : ['--output', output])]);
    expect(built.code, built.stderr).toBe(0);
  }
});

/** One line for each path: type, mode, owner, and the content's hash or the link's target. A hard link is the file that it names. */
async function linesOf(tree: ImageTree): Promise<string[]> {
  const lines: string[] = [];
  for (const [path, { record }] of tree.entries) {
    const content =
      record.type === 'symlink'
        ? record.target
        : record.type === 'file' || record.type === 'hardlink'
          ? createHash('sha256')
              .update(await tree.read(path))
              .digest('hex')
          : '';
    const type = record.type === 'hardlink' ? 'file' : record.type;
    lines.push(`${path} ${type} ${type === 'symlink' ? '' : record.mode.toString(8)} ${record.uid}:${record.gid} ${content}`);
  }
  return lines.toSorted();
}

const treeAt = async (ref: string): Promise<ImageTree> => flatten(await (await openImage(ref)).layers());
const ours = async (): Promise<string[]> => linesOf(await treeAt(`oci:${layout}:words:1`));

test('all three formats hold the same tree', async () => {
  const expected = await ours();
  expect(expected.length).toBeGreaterThan(1000);
  for (const [kind, path] of Object.entries(archives)) expect(await linesOf(await treeAt(`${kind}:${path}`)), kind).toEqual(expected);
});

// It gives what it unpacks to the archive's owner, root: an ordinary user must be root of a namespace.
const asRoot = isRoot ? [] : ['unshare', '--map-root-user'];
test.skipIf(!has('skopeo'))('skopeo inspects and copies each, and the tree stays', async () => {
  const expected = await ours();
  for (const [i, source] of [`oci:${layout}:words:1`, ...Object.entries(archives).map((pair) => pair.join(':'))].entries()) {
    expect(JSON.parse(run(service, ...asRoot, 'skopeo', 'inspect', source))).toMatchObject({ Os: 'linux' });
    const copy = join(place.folder, `copy-${i}`);
    run(service, ...asRoot, 'skopeo', 'copy', '--quiet', '--insecure-policy', source, `oci:${copy}:copy`);
    expect(await linesOf(await treeAt(`oci:${copy}:copy`)), source).toEqual(expected);
    expect(await plimsoll(['validate', copy])).toMatchObject({ code: 0 });
  }
});

// Ordinary users need subordinate ids and a systemd session for podman: what it does with an image is the same.
test.skipIf(!has('podman') || !isRoot)('podman loads each, and what it unpacks is the same tree', async () => {
  const expected = await ours();
  const storage = ['--root', join(place.folder, 'root'), '--runroot', join(place.folder, 'run'), '--storage-driver', 'vfs'];
  const podman = (...args: string[]): string => run(service, 'podman', ...storage, ...args);
  for (const [kind, path] of Object.entries(archives)) {
    const name = `plimsoll-peers-${process.pid}-${kind}`;
    try {
      podman('load', '-q', '-i', path);
      podman('create', '--name', name, 'words:1');
      const flat = join(place.folder, `${kind}-flat.tar`);
      podman('export', '-o', flat, name);
      const exported = await linesOf(await flatten([{ tar: () => createReadStream(flat) }]));
      // podman puts its own mount points into every container.
      const added = /^(?:dev|proc|sys|run|etc\/(?:hosts|hostname|resolv\.conf|mtab)|run\/\.containerenv)(?:[/ ]|$)/;
      expect(exported.filter((line) => !added.test(line))).toEqual(expected.filter((line) => !added.test(line)));
    } finally {
      spawnSync('podman', [...storage, 'rm', '-f', name]);
      spawnSync('podman', [...storage, 'rmi', '-a', '-f']);
    }
  }
});
