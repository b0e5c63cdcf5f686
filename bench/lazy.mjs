// Requests and bytes that `plimsoll inspect`, `sbom` and `compare` take to look at images in a registry: their layers in gzip,
// plain, of eStargz and of zstd:chunked (by conformance/estargz and zstdchunked). Prints a table in Markdown. Needs
// docker-registry, skopeo, go.
//   node bench/lazy.mjs LAYOUT [NEXT] OCI layouts with layers in gzip, such as `plimsoll build` makes; NEXT: what it is compared with
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { root, setUp } from '../scripts/setup.mjs';

const [, , source, next] = process.argv;
if (source === undefined) throw new Error('name an OCI layout: `node bench/lazy.mjs examples/weather-tracker/.plimsoll/image`');
setUp();
const work = mkdtempSync(join(tmpdir(), 'plimsoll-lazy-'));
const digestOf = (bytes) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const blobIn = (folder, digest) => readFileSync(join(folder, 'blobs/sha256', digest.slice(7)));

/** Each kind of layer, of its plain tar. */
function built(name) {
  const program = join(work, `${name}.program`);
  execFileSync('go', ['build', '-o', program, '.'], { cwd: join(root, 'conformance', name), stdio: 'inherit' });
  return program;
}
const [estargz, zstdchunked] = ['estargz', 'zstdchunked'].map(built);
/** What each makes is the tar of its layer, which eStargz adds to. */
const KINDS = {
  gzip: (_, packed) => ({ bytes: packed, mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip' }),
  plain: (tar) => ({ bytes: tar, mediaType: 'application/vnd.oci.image.layer.v1.tar', tar }),
  eStargz(tar) {
    const file = join(work, 'layer.tar');
    writeFileSync(file, tar);
    // 4 MiB: what its own tools take.
    const toc = execFileSync(estargz, [file, `${file}.stargz`, String(4 << 20)], { encoding: 'utf8' }).trim();
    const bytes = readFileSync(`${file}.stargz`);
    const annotations = {
      'containerd.io/snapshot/stargz/toc.digest': toc,
      'io.containers.estargz.uncompressed-size': String(gunzipSync(bytes).length),
    };
    return { bytes, mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', annotations };
  },
  'zstd:chunked'(tar) {
    const { stdout: bytes, stderr } = spawnSync(zstdchunked, { input: tar, maxBuffer: 2 ** 31 - 1 });
    return { bytes, mediaType: 'application/vnd.oci.image.layer.v1.tar+zstd', annotations: JSON.parse(stderr.toString()), tar };
  },
};

const tagOf = (kind) => kind.toLowerCase().replace(':', '-');

/** Writes the image with layers of one kind, and pushes it. Returns its layers. */
function repacked(source, kind, tag) {
  const folder = join(work, 'layouts', tag);
  mkdirSync(join(folder, 'blobs/sha256'), { recursive: true });
  const put = (mediaType, bytes, annotations = {}) => {
    const digest = digestOf(bytes);
    writeFileSync(join(folder, 'blobs/sha256', digest.slice(7)), bytes);
    return { mediaType, digest, size: bytes.length, annotations };
  };
  const [described] = JSON.parse(readFileSync(join(source, 'index.json'), 'utf8')).manifests;
  const manifest = JSON.parse(blobIn(source, described.digest));
  const config = JSON.parse(blobIn(source, manifest.config.digest));
  const diffIds = [];
  const layers = manifest.layers.map(({ digest }) => {
    const blob = blobIn(source, digest);
    const { bytes, mediaType, annotations, tar } = KINDS[kind](gunzipSync(blob), blob);
    diffIds.push(digestOf(tar ?? gunzipSync(bytes)));
    return put(mediaType, bytes, annotations);
  });
  const rootfs = { type: 'layers', diff_ids: diffIds };
  const own = put('application/vnd.oci.image.config.v1+json', Buffer.from(JSON.stringify({ ...config, rootfs })));
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const whole = put(mediaType, Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, config: own, layers })));
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [whole] }));
  writeFileSync(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  const to = `docker://127.0.0.1:${port}/app:${tag}`;
  execFileSync('skopeo', ['--insecure-policy', 'copy', '--quiet', '--preserve-digests', '--dest-tls-verify=false', `oci:${folder}`, to]);
  return layers;
}

const listening = (server) => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
const spare = createServer();
const port = await listening(spare);
await new Promise((resolve) => spare.close(resolve));
const configuration = {
  version: '0.1',
  storage: { filesystem: { rootdirectory: join(work, 'data') } },
  http: { addr: `127.0.0.1:${port}` },
};
writeFileSync(join(work, 'config.json'), JSON.stringify(configuration));
const registry = spawn('docker-registry', ['serve', join(work, 'config.json')], { stdio: 'ignore' });
for (let i = 0; i < 100; i += 1)
  if (
    await fetch(`http://127.0.0.1:${port}/v2/`).then(
      () => true,
      () => false,
    )
  )
    break;
  else await wait(100);

let [requests, bytes] = [0, 0];
const proxy = createServer(async (request, response) => {
  const { accept = '*/*', range } = request.headers;
  const answer = await fetch(`http://127.0.0.1:${port}${request.url}`, {
    method: request.method,
    headers: { accept, ...(range ? { range } : {}) },
  });
  const body = Buffer.from(await answer.arrayBuffer());
  requests += 1;
  bytes += body.length;
  response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(body);
});
const host = `127.0.0.1:${await listening(proxy)}`;

const plimsoll = (args, cache) =>
  new Promise((resolve, reject) => {
    const env = { ...process.env, XDG_CACHE_HOME: cache };
    const child = spawn(process.execPath, [join(root, 'dist/plimsoll.js'), ...args], {
      cwd: work,
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`${args.join(' ')}: ${code}`))));
  });

console.log('| layers | command | requests | MB | of the layers |');
console.log('| --- | --- | --- | --- | --- |');
const sizeOf = (layers) => [...new Map(layers.map(({ digest, size }) => [digest, size])).values()].reduce((sum, size) => sum + size, 0);
for (const kind of Object.keys(KINDS)) {
  const tags = [tagOf(kind), `${tagOf(kind)}-next`];
  const layers = repacked(source, kind, tags[0]);
  const others = next === undefined ? [] : repacked(next, kind, tags[1]);
  const [old, fresh] = tags.map((tag) => `${host}/app:${tag}`);
  const one = ['inspect', 'sbom'].map((command) => ({ command, args: [command, old], all: sizeOf(layers) }));
  const two =
    next === undefined
      ? []
      : [{ command: 'compare', args: ['compare', old, fresh, '--fail-on', 'none'], all: sizeOf([...layers, ...others]) }];
  for (const { command, args, all } of [...one, ...two]) {
    [requests, bytes] = [0, 0];
    await plimsoll([...args, '--json'], mkdtempSync(join(work, 'cache-')));
    console.log(
      `| ${kind}, ${(all / 1e6).toFixed(1)} MB | \`${command}\` | ${requests} | ${(bytes / 1e6).toFixed(1)} | ${Math.round((100 * bytes) / all)} % |`,
    );
  }
}
registry.kill('SIGTERM');
proxy.close();
rmSync(work, { recursive: true, force: true });
