// Real Dockerfiles to compare with: fetched from package registries and repositories with their ordinary clients, never committed.
//   node bench/corpus.mjs            fetches what is missing, and says how many files each source has
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
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
  'github.com/chaos-mesh/chaos-mesh@v0.9.1-0.20260902003049-47411975a8cb',
  'github.com/livekit/livekit-server@v1.13.11',
];

/** Services in Python, Node, Java and other languages, and images of applications, at a commit: as MORE_MODULES. */
const REPOSITORIES = [
  'github.com/kserve/kserve@aaac4e294dae2c7b1aa1886447793f3aa1c30912',
  'github.com/linkerd/linkerd2@b24cd4059841f8cee2fb7a9c2ac23a693c583579',
  'github.com/open-telemetry/opentelemetry-demo@054282e318317f2be09f67dd9b0d7d1278566cfa',
  'github.com/kubeflow/pipelines@7b70c7b95f6832772efd6fd0029a4024491a0f44',
  'github.com/kubeflow/katib@33c8ff4e5d1814b59abd308e6819e839e9906bc2',
  'github.com/nuclio/nuclio@9e837f6a07fc7d1cbe770020a8a85f2ee5ab69a9',
  'github.com/feast-dev/feast@f0bc0700be7029166e6605e407de6d229cd1e93e',
  'github.com/edgexfoundry/edgex-go@2bee238e8510a15974a23743e1f7ddd35801407b',
  'github.com/netbox-community/netbox-docker@27bf52cf3ea882324273fbabbf23f0af6a194f12',
  'github.com/SeleniumHQ/docker-selenium@3290a305c0d122ce90d5301b96f46dc0728e33e8',
  'github.com/jupyter/docker-stacks@8209386950497966c8a9aa446b9a84a5dd78eab5',
  'github.com/jenkinsci/docker@ab3f5e0a80d666b1d554c2b7cad38b5c5ee35f1c',
  'github.com/apache/trafficcontrol@991a4243a6fb49da5bf466ab9f47a12b503b89cb',
  'github.com/antrea-io/antrea@fc70f2bb7037f398196fd42210d34800cb6aa398',
  'github.com/seaweedfs/seaweedfs@cc8364a03ebf5cf9f8eab3315ded2000cd07fff6',
  'github.com/treeverse/lakeFS@71a45eeb1639d146d34b8effd7e86d077160ed7c',
  'github.com/ossf/package-analysis@4481b3af215be056af5fe23a6bfce3835cfa3f33',
  'github.com/makeplane/plane@4ca6d6c7b807ad09bb571af2c43e85bf47c3ec6b',
  'github.com/hoppscotch/hoppscotch@afc2cf181c16e56647b099e5d18cfe55710c6cdd',
  'github.com/getredash/redash@ca79fe988d81cdac9675b412f3dfcab107bc1fbc',
  'github.com/louislam/uptime-kuma@6398a9581d1c3c427a7536559f47ccf45dac08b4',
  'github.com/healthchecks/healthchecks@29b5ec251059034b79e0120e2ff0c3e35d7bd9f8',
  'github.com/zulip/docker-zulip@3a592adee9e0f6d65fdb580934ce44fd63a5c6cb',
  'github.com/spring-petclinic/spring-petclinic-microservices@9a76b4e34cd75f3d6bfa6f15775bf996c59e8989',
  'github.com/rancher/rancher@59bd052e44553e77e5c570b84ed4a24dfa7b44ab',
  'github.com/hyperledger/fabric@0c423ac47fd87fc3d4084eb06d6589bc518ed1ff',
  'github.com/umami-software/umami@c0ea3aefbee7a3429ee2f824b06dc4a9dbe0b7e1',
  'github.com/apache/incubator-devlake@420e494b4ede9a16c4bfb59de099c797bcd7f5f1',
  'github.com/apache/rocketmq-docker@29a9cd596292598019f83c89d382b671e13c7d77',
  'github.com/nacos-group/nacos-docker@b47f96f516fad5f848ee2b53b447c4568ec41e24',
  'github.com/ghostfolio/ghostfolio@c542997d27990365b607c7a6c9fe4bc8835a55c8',
  'github.com/sissbruecker/linkding@65813a75404b1319aca8b09700fadc0b15adabaf',
  'github.com/mealie-recipes/mealie@b5643a9399465d8b4ea339e7a6639df2d697741b',
  'github.com/gotify/server@d543a8aad22fcbebf25e76d201b4317882b5e148',
  'github.com/syncthing/syncthing@328d910aee822178f55442c76bc7e35ce34d68cc',
  'github.com/spiffe/spire@ef8527ec91013c6c1b4741e0f6ac0786576e620e',
  'github.com/falcosecurity/falco@130747499bb831ff8212af4da13c3fa9ffd7328b',
  'github.com/juice-shop/juice-shop@33518f5a0911e25d9df747b1e70fb7af279a755c',
  'github.com/woodpecker-ci/woodpecker@a4cb541b82dea1967d5b5577ff80a472b349afb2',
  'github.com/grafana/oncall@3666186a9430dcc65c8ad2999f8353e8fcd298da',
  'github.com/FreshRSS/FreshRSS@6c58b90518c30a165db1ee8ea34e0f3d12c6c898',
  'github.com/DefectDojo/django-DefectDojo@7cfa159a6767b0ac6e66f3b1597a997e607e7308',
  'github.com/doccano/doccano@ab6b765ea326d07b2b806a4280cd097565e62321',
  'github.com/zaproxy/zaproxy@90068415b4ffb7b457fe4ecd816cc8369a85366b',
  'github.com/flyteorg/flyte@6fadb90d65af26f4db908ec1c5f5af546a3e4299',
  'github.com/lowcoder-org/lowcoder@db7aae37ded3c4bf64bfa21042aa8787b984fd9c',
  'github.com/solidnerd/docker-bookstack@205cb5b6ea350646f8cb4fc400d85c190e306395',
  'github.com/microsoft/presidio@0aa9f8e44275cb52c00fbbebe19168e934e1f076',
  'github.com/unclecode/crawl4ai@7e801521428ee12509994d39151006f64055ebe3',
  'github.com/mindsdb/mindsdb@37ccd07febc9c4a20bd5c1fcd4f677efac553dc9',
  'github.com/sourcegraph/zoekt@c4d8f3537f7a67423835d8cf6b0e1d13e68e0b4c',
  'github.com/openzipkin/zipkin@878ce2a1fad54ca941d17fdcf2e1d924b148eb1f',
  'github.com/eclipse-hawkbit/hawkbit@67ca1c43321e6b5ed091b667bf36d27dab0cf3eb',
  'github.com/piku/piku@ca90545d87159b004d9c736d48ac5ed19fca3757',
  'github.com/nats-io/nats-docker@aa0caa57b71c01566a100b47b2ed94de6ef6cf80',
  'github.com/quickwit-oss/quickwit@9fd01432a734d5b0a52d8d9b4251023caa179f5b',
];

/** Larger ones are written by a machine; hadolint takes minutes for them. */
const MAX_BYTES = 100_000;
const DOCKERFILE = /^dockerfile(?:[.-].*)?$|\.dockerfile$/i;
const NO_DOCKERFILE = /\.(?:go|ts|js|json|ya?ml|md|py|rb|sh|txt|vim|lang|golden|license)$/i;

/** The Dockerfiles of a module, each once, with where it comes from. Undefined where it cannot be had. */
function fetchModule(module) {
  const list = listOf(module);
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
  const paths = readdirSync(found.Dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && isDockerfile(entry.name))
    .map((entry) => relative(found.Dir, join(entry.parentPath, entry.name)))
    .toSorted();
  const files = kept(list, module, paths, (path) => readFileSync(join(found.Dir, path)));
  rmSync(modules, { recursive: true, force: true });
  return files;
}

/** The Dockerfiles of a repository at a commit, from its host where PLIMSOLL_FETCH_REPOSITORIES=1 allows that. Undefined where it cannot be had. */
function fetchRepository(repository) {
  const list = listOf(repository);
  if (existsSync(list)) return JSON.parse(readFileSync(list, 'utf8'));
  if (process.env.PLIMSOLL_FETCH_REPOSITORIES !== '1') {
    console.error(`left out: ${repository}: not fetched without PLIMSOLL_FETCH_REPOSITORIES=1`);
    return undefined;
  }
  const [name, commit] = repository.split('@');
  const bare = mkdtempSync(join(tmpdir(), 'plimsoll-corpus-'));
  const git = (...args) => execFileSync('git', ['--git-dir', bare, ...args], { maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    git('init', '--bare', '--quiet', bare);
    git('fetch', '--quiet', '--depth=1', `https://${name}`, commit);
    const paths = git('ls-tree', '-r', '-z', '--name-only', commit).toString('utf8').split('\0');
    return kept(list, repository, paths.filter((path) => isDockerfile(basename(path))).toSorted(), (path) =>
      git('show', `${commit}:${path}`),
    );
  } catch (error) {
    console.error(`left out: ${repository}: ${String(error.stderr ?? error.message).split('\n')[0]}`);
    return undefined;
  } finally {
    rmSync(bare, { recursive: true, force: true });
  }
}

const isDockerfile = (name) => DOCKERFILE.test(name) && !NO_DOCKERFILE.test(name);

const listOf = (source) => join(folder, `${createHash('sha256').update(source).digest('hex').slice(0, 16)}.json`);

/** Files as the corpus holds them, written down for the next time. */
function kept(list, source, paths, read) {
  const files = paths
    .map((path) => ({ from: `${source}/${path}`, bytes: read(path) }))
    .filter(({ bytes }) => bytes.length > 0 && bytes.length <= MAX_BYTES)
    .map(({ from, bytes }) => ({ from, base64: bytes.toString('base64') }));
  writeFileSync(list, JSON.stringify(files));
  return files;
}

/** All Dockerfiles, each text once, and those of more services too. */
export const wideCorpus = () => corpus([...GO_MODULES, ...MORE_MODULES], REPOSITORIES);

/** All Dockerfiles, each text once. */
export function corpus(modules = GO_MODULES, repositories = []) {
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' });
  } catch {
    throw new Error('the corpus is fetched with Go: install it, https://go.dev/dl/');
  }
  const seen = new Set();
  const sources = [
    ...modules.map((module) => ({ module, files: fetchModule(module) ?? [] })),
    ...repositories.map((module) => ({ module, files: fetchRepository(module) ?? [] })),
  ];
  for (const source of sources) source.files = source.files.filter(({ base64 }) => !seen.has(base64) && seen.add(base64));
  return sources;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const sources = corpus();
  for (const { module, files } of sources) console.log(`${String(files.length).padStart(4)}  ${module}`);
  console.log(`${String(sources.reduce((sum, { files }) => sum + files.length, 0)).padStart(4)}  in all`);
}
