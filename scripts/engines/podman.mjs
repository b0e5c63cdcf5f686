// podman with a storage of its own, which asks our registry in place of those that its Dockerfiles name.
import { mkdirSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** statfs(2): an overlay lies on no other overlay, as where this machine is itself a container. */
const OVERLAYFS = 0x794c7630;

/** Settings for podman: nothing of the machine's is read or left behind; RUN works where no container may be made. */
export function podmanEnv(folder, registry) {
  mkdirSync(folder, { recursive: true });
  const storage = join(folder, 'storage.conf');
  // vfs copies the base for each layer.
  const driver = statfsSync(folder).type === OVERLAYFS ? 'vfs' : 'overlay';
  writeFileSync(storage, `[storage]\ndriver = "${driver}"\ngraphroot = "${join(folder, 'graph')}"\nrunroot = "${join(folder, 'run')}"\n`);
  const registries = join(folder, 'registries.conf');
  const mirror = (name) => `[[registry]]\nlocation = "${name}"\n[[registry.mirror]]\nlocation = "${registry.address}"\ninsecure = true\n`;
  writeFileSync(registries, `unqualified-search-registries = ["docker.io"]\n${['docker.io', 'public.ecr.aws'].map(mirror).join('')}`);
  return { CONTAINERS_STORAGE_CONF: storage, CONTAINERS_REGISTRIES_CONF: registries, BUILDAH_ISOLATION: 'chroot' };
}
