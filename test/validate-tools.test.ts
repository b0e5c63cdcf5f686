import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore, type Store } from '../src/base/node.ts';
import { errorsAmong, validate } from '../src/image/index.ts';
import { skopeo, startRegistry, type TestRegistry } from '../src/image/registry/registry.testing.ts';
import { startEngine, whyNoEngine, type Engines } from '../src/run/docker/engines.testing.ts';
import { importBusybox, podmanSettings } from './engines/podman.testing.ts';
import { has, isRoot, run, scratch } from './plimsoll.ts';

const place = scratch();
afterAll(place.remove);
let context: string;
beforeAll(() => {
  context = join(place.folder, 'context');
  mkdirSync(context);
  writeFileSync(join(context, 'a.txt'), 'a');
});
const DOCKERFILE = `FROM localhost/busybox:1
LABEL org.opencontainers.image.title="a" other="b"
ENV A=b PATH=/bin
WORKDIR /srv
COPY a.txt .
COPY a.txt /tmp/
RUN rm /tmp/a.txt; echo more > more.txt
EXPOSE 80 81/udp
VOLUME /data
USER 1000:1000
STOPSIGNAL SIGINT
HEALTHCHECK --interval=30s CMD ["cat", "/srv/a.txt"]
CMD ["sleep", "1"]
`;

/** What is an error to us in what another tool made. */
let store: Store;
const errorsIn = async (ref: string): Promise<readonly string[]> =>
  errorsAmong(await validate(ref, { store, env: { HOME: place.folder } })).map(({ where, what }) => `${ref}: ${where}: ${what}`);

describe.skipIf(!has('docker-registry') || !has('skopeo'))('what other tools write has no error', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry(join(place.folder, 'registry'));
    store = await openStore(join(place.folder, 'store'));
  });
  afterAll(async () => {
    await registry.stop();
    await store.close();
  });
  const at = (name: string): string => join(place.folder, name);

  test.skipIf(!has('podman') || !isRoot)(
    'Podman, which is Buildah, and skopeo: both formats, archives, layouts, zstd, lists of images',
    async () => {
      const env = podmanSettings(place.folder);
      importBusybox(place.folder, 'localhost/busybox:1', env);
      const words = Object.entries(env).map(([name, value]) => `${name}=${value}`);
      const podman = (...args: readonly string[]): string => run(context, 'env', ...words, 'podman', ...args);
      writeFileSync(join(context, 'Dockerfile'), DOCKERFILE);
      const refs: string[] = [];
      for (const format of ['oci', 'docker']) {
        const name = `localhost/${format}:1`;
        podman('build', '--quiet', '--network', 'host', '--format', format, '--layers', '--tag', name, context);
        podman('save', '--quiet', '--format', 'oci-archive', '--output', at(`${format}.oci.tar`), name);
        podman('save', '--quiet', '--format', 'docker-archive', '--output', at(`${format}.docker.tar`), name);
        podman('push', '--quiet', '--tls-verify=false', name, `docker://${registry.host}/${format}:1`);
        refs.push(
          `oci-archive:${at(`${format}.oci.tar`)}`,
          `docker-archive:${at(`${format}.docker.tar`)}`,
          `docker://${registry.host}/${format}:1`,
        );
        const source = `docker://${registry.host}/${format}:1`;
        skopeo('copy', '--src-tls-verify=false', '--quiet', source, `oci:${at(format)}:plain`);
        skopeo('copy', '--src-tls-verify=false', '--quiet', '--dest-compress-format', 'zstd', source, `oci:${at(`${format}-zstd`)}:1`);
        skopeo('copy', '--src-tls-verify=false', '--quiet', source, `docker-archive:${at(`${format}.skopeo.tar`)}:a:1`);
        refs.push(`oci:${at(format)}`, `oci:${at(`${format}-zstd`)}`, `docker-archive:${at(`${format}.skopeo.tar`)}`);
      }
      podman('manifest', 'create', 'localhost/list:1');
      podman('manifest', 'add', '--arch', 'amd64', 'localhost/list:1', 'containers-storage:localhost/oci:1');
      podman('manifest', 'push', '--all', '--quiet', '--tls-verify=false', 'localhost/list:1', `docker://${registry.host}/list:1`);
      skopeo('copy', '--src-tls-verify=false', '--quiet', '--all', `docker://${registry.host}/list:1`, `oci:${at('list')}:1`);
      refs.push(`docker://${registry.host}/list:1`, `oci:${at('list')}`);
      const found = await Promise.all(refs.map(errorsIn));
      expect(found.flat()).toEqual([]);
      expect(refs).toHaveLength(14);
    },
    300_000,
  );

  describe.skipIf(whyNoEngine('docker') !== undefined)('Docker', () => {
    let engine: Engines;
    beforeAll(async () => {
      engine = await startEngine('docker');
    }, 300_000);
    afterAll(() => engine?.stop());

    test('what it builds, saves and pushes', async () => {
      const files = join(place.folder, 'files');
      mkdirSync(join(files, 'tmp'), { recursive: true });
      writeFileSync(join(files, 'tmp/a'), 'a');
      run(files, 'tar', '-cf', at('files.tar'), '.');
      run(context, 'docker', 'import', at('files.tar'), 'localhost/busybox:1');
      writeFileSync(join(context, 'Dockerfile'), DOCKERFILE.replace(/^RUN .*\n/m, ''));
      const name = `${registry.host}/docker:1`;
      run(context, 'env', 'DOCKER_BUILDKIT=0', 'docker', 'build', '--quiet', '--tag', name, '.');
      run(context, 'docker', 'save', '--output', at('saved.tar'), name);
      run(context, 'docker', 'push', '--quiet', name);
      expect([...(await errorsIn(`docker-archive:${at('saved.tar')}`)), ...(await errorsIn(name))]).toEqual([]);
    }, 300_000);
  });
});
