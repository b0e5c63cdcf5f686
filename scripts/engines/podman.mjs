// podman with a storage of its own, which asks our registry in place of those that its Dockerfiles name.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Settings for podman: nothing of the machine's is read or left behind; RUN works where no container may be made. */
export function podmanEnv(folder, registry) {
  mkdirSync(folder, { recursive: true });
  const storage = join(folder, 'storage.conf');
  writeFileSync(storage, `[storage]\ndriver = "vfs"\ngraphroot = "${join(folder, 'graph')}"\nrunroot = "${join(folder, 'run')}"\n`);
  const registries = join(folder, 'registries.conf');
  const mirror = (name) => `[[registry]]\nlocation = "${name}"\n[[registry.mirror]]\nlocation = "${registry.address}"\ninsecure = true\n`;
  writeFileSync(registries, `unqualified-search-registries = ["docker.io"]\n${['docker.io', 'public.ecr.aws'].map(mirror).join('')}`);
  return { CONTAINERS_STORAGE_CONF: storage, CONTAINERS_REGISTRIES_CONF: registries, BUILDAH_ISOLATION: 'chroot' };
}
