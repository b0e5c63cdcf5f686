// A registry on the loopback that holds the stand-ins, as a mirror of those that are not reached.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, startDaemon } from './daemon.mjs';
import { buildGo } from './go.mjs';
import { writeLayout } from './layout.mjs';
import { layoutOf, STAND_INS } from './stand-ins.mjs';

/** Debian's docker-registry; `push` takes an OCI layout. */
export async function startRegistry(folder) {
  mkdirSync(folder, { recursive: true });
  const address = `127.0.0.1:${await freePort()}`;
  const config = join(folder, 'registry.json');
  writeFileSync(
    config,
    JSON.stringify({
      version: '0.1',
      log: { level: 'error' },
      storage: { filesystem: { rootdirectory: join(folder, 'data') } },
      http: { addr: address },
    }),
  );
  const isReady = () =>
    fetch(`http://${address}/v2/`)
      .then(({ ok }) => ok)
      .catch(() => false);
  const { stop } = await startDaemon(['docker-registry', 'serve', config], join(folder, 'log'), isReady);
  const push = (layout, reference) => {
    const argv = ['copy', '--quiet', '--insecure-policy', '--dest-tls-verify=false', `oci:${layout}`, `docker://${address}/${reference}`];
    const end = spawnSync('skopeo', argv, { encoding: 'utf8' });
    if (end.status !== 0) throw new Error(`skopeo: ${end.error?.message ?? end.stderr}`);
  };
  return { address, push, stop };
}

/** Pushes each stand-in under the names that it stands in for. */
export function pushStandIns(registry) {
  for (const standIn of STAND_INS) for (const reference of standIn.references) registry.push(layoutOf(standIn), reference);
}

/** `# syntax=docker/dockerfile:1`: BuildKit's own frontend of the version that is built here, with the libraries it is linked to. */
export function pushFrontend(registry, folder) {
  const program = buildGo('github.com/moby/buildkit/frontend/dockerfile/cmd/dockerfile-frontend');
  const root = join(folder, 'frontend-root');
  const libraries = spawnSync('ldd', [program], { encoding: 'utf8' }).stdout.match(/\/lib\S*/g) ?? [];
  for (const [from, to] of [[program, '/bin/dockerfile-frontend'], ...libraries.map((library) => [library, library])])
    cpSync(from, join(root, to), { dereference: true });
  const tar = join(folder, 'frontend.tar');
  const end = spawnSync('tar', ['-C', root, '--owner=0', '--group=0', '--sort=name', '--mtime=@0', '-cf', tar, '.'], { encoding: 'utf8' });
  if (end.status !== 0) throw new Error(`tar: ${end.stderr}`);
  const layout = join(folder, 'frontend');
  const caps = ['inputs', 'subrequests', 'contexts'].map((cap) => `moby.buildkit.frontend.${cap}`).join(',');
  const labels = { 'moby.buildkit.frontend.network.none': 'true', 'moby.buildkit.frontend.caps': caps };
  writeLayout(
    layout,
    tar,
    { Labels: labels, Entrypoint: ['/bin/dockerfile-frontend'] },
    'BuildKit, frontend/dockerfile/cmd/dockerfile-frontend',
  );
  registry.push(layout, 'docker/dockerfile:1');
}
