import { replace, type Dockerfile } from '../../dockerfile/index.ts';
import { hasFlag, type Call } from '../script/index.ts';
import { setsVariable, type Stage, type StageStep } from '../stages/index.ts';
import { rule, type Fix, type Subject } from '../types.ts';
import { buildCacheOf, isByRoot, type BuildCache } from './parts/build-caches.ts';
import { reportOn } from './parts/report.ts';
import { allRuns, isMounted } from './parts/runs.ts';
import { toolCall, type ToolCall } from './parts/tools.ts';

export const cacheMount = rule({
  id: 'cache-mount',
  aliases: [],
  presets: [],
  shippedOnly: true,
  severity: 'info',
  fixes: 'safe',
  summary: 'Stages that are thrown away keep what they fetch and compile from one build to the next.',
  why:
    'A layer is made anew when a manifest changes by one line, and everything is fetched and compiled again; a cache mount keeps it. ' +
    'That helps where builds share a builder: one that is new for each build starts with an empty mount. So no preset has this rule; `--only cache-mount` asks for it.',
  source: 'Docker, "Optimize cache usage in builds", "Use cache mounts"; Dockerfile reference, "RUN --mount=type=cache"',
  examples: [
    {
      text: 'FROM golang:1.23 AS build\nCOPY . .\nRUN «go build» -o /app .\nFROM scratch\nCOPY --from=build /app /app\n',
      fixed:
        'FROM golang:1.23 AS build\nCOPY . .\nRUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build go build -o /app .\nFROM scratch\nCOPY --from=build /app /app\n',
    },
    {
      text: 'FROM maven:3.9 AS build\nCOPY pom.xml .\nRUN «mvn dependency:go-offline»\nRUN «mvn package»\nFROM eclipse-temurin:21\nCOPY --from=build /a.jar /\n',
      fixed:
        'FROM maven:3.9 AS build\nCOPY pom.xml .\nRUN --mount=type=cache,target=/root/.m2 mvn dependency:go-offline\nRUN --mount=type=cache,target=/root/.m2 mvn package\nFROM eclipse-temurin:21\nCOPY --from=build /a.jar /\n',
    },
    {
      text: 'FROM node:22 AS build\nCOPY . .\nRUN «npm ci»\nRUN npm run build\nFROM nginx:1.27\nCOPY --from=build /dist /usr/share/nginx/html\n',
      fixed:
        'FROM node:22 AS build\nCOPY . .\nRUN --mount=type=cache,target=/root/.npm npm ci\nRUN npm run build\nFROM nginx:1.27\nCOPY --from=build /dist /usr/share/nginx/html\n',
    },
    {
      text: 'FROM golang:1.23 AS build\nCOPY . .\nRUN --mount=type=cache,target=/go/pkg/mod go build\nFROM scratch\nCOPY --from=build /app /app\n',
    },
    { text: 'FROM golang:1.23 AS build\nCOPY . .\nRUN go mod download\nRUN make\nFROM scratch\nCOPY --from=build /app /app\n' },
    {
      text: '# syntax=docker/dockerfile:1.1\nFROM golang:1.23 AS build\nCOPY . .\nRUN go build\nFROM scratch\nCOPY --from=build /app /app\n',
    },
    {
      text: 'FROM python:3.12 AS build\nCOPY . .\nRUN pip install --no-cache-dir -r r.txt\nFROM python:3.12-slim\nCOPY --from=build /venv /venv\n',
    },
    { text: 'FROM node:22 AS build\nCOPY . .\nRUN npm ci && npm cache clean --force\nFROM scratch\nCOPY --from=build /dist /\n' },
    { text: 'FROM golang:1.23 AS build\nCOPY . .\nRUN go build\nFROM scratch\nCOPY --from=build /go/pkg/mod /mod\n' },
    { text: 'FROM node:22 AS build\nCOPY . .\nUSER node\nRUN npm ci\nFROM scratch\nCOPY --from=build /dist /\n' },
    { text: 'FROM golang:1.23 AS build\nCOPY . .\nRUN go build\nFROM build\nCMD ["app"]\n' },
    { text: 'FROM golang:1.23 AS build\nRUN git clone https://example.org/a && cd a && go build\nFROM scratch\nCOPY --from=build /a /\n' },
    { text: 'FROM node:22\nCOPY . .\nRUN npm ci\nCMD ["node", "server.js"]\n' },
  ],
  *detect(subject) {
    if (!knowsMounts(subject.file)) return;
    for (const { stage, step } of allRuns(subject)) {
      if (stage.isInImage || !stage.isNeeded || stage.parent !== undefined || isBuiltUpon(stage, subject) || !isByRoot(step)) continue;
      if (!takesContext(stage, step)) continue;
      const { instruction, script } = step;
      const tools = script.calls.filter(({ inner }) => !inner).map(toolCall);
      const found = tools.map((tool) => ({ tool, cache: buildCacheOf(stage.base.name, tool) })).find(({ cache }) => cache !== undefined);
      if (found?.cache === undefined || isCaredFor(step, stage, tools) || !isAlone(found.cache, stage, subject)) continue;
      const folders = found.cache.folders.filter((folder) => !isMounted(step, folder));
      if (folders.length < found.cache.folders.length) continue;
      const says = `what this fetches is gone when the layer is made anew: ${mounts(folders)
        .map((mount) => `\`${mount}\``)
        .join(' and ')} keeps it`;
      yield reportOn(instruction, found.tool.head, says, mountAt(step, folders));
    }
  },
});

/** `# syntax=docker/dockerfile:1.2` brought cache mounts without a label (its release notes); other frontends nobody knows. */
function knowsMounts({ directives, instructions }: Dockerfile): boolean {
  const syntax = directives.find(({ name }) => name === 'syntax')?.value;
  const isNew =
    syntax === undefined ||
    /(?:^|\/)docker\/dockerfile(?:-upstream)?:(?:1|1\.(?:[2-9]|\d\d)[\w.-]*|latest|master\w*)(?:-labs)?(?:@|$)/.test(syntax);
  return isNew && !instructions.some(({ name }) => name === 'ONBUILD');
}

const isBuiltUpon = (stage: Stage, { stages }: Pick<Subject, 'stages'>): boolean => stages.some(({ parent }) => parent === stage);

/** What the context brings is what makes the layer anew; an install of fixed things is made once. */
const takesContext = (stage: Stage, step: StageStep): boolean =>
  stage.steps
    .slice(0, stage.steps.indexOf(step))
    .some(({ instruction: { name, flags } }) => (name === 'COPY' || name === 'ADD') && flags.every((flag) => flag.name !== 'from'));

/** Somebody has thought of the cache already: it is switched off, put elsewhere or taken away. */
const isCaredFor = (step: StageStep, stage: Stage, tools: readonly ToolCall[]): boolean =>
  step.mounts.some(({ type }) => type === 'cache') ||
  VARIABLES.some((name) => setsVariable(stage, step, name)) ||
  tools.some(
    ({ tool, call, subcommand, given }) =>
      hasFlag(call, 'no-cache-dir', 'cache-dir', 'cache', 'prefer-offline', 'offline', 'mod') ||
      subcommand === 'cache' ||
      (tool === 'go' && subcommand === 'clean') ||
      (/^(?:rm|find)$/.test(tool) && [call.word, ...given].some(({ text }) => CACHE_PATH.test(text))) ||
      call.args.some(({ text }) => /-Dmaven\.repo\.local|--packages|-mod=/.test(text)),
  );

const VARIABLES =
  'PIP_NO_CACHE_DIR PIP_CACHE_DIR NPM_CONFIG_CACHE npm_config_cache GOMODCACHE GOCACHE GOPATH GOFLAGS CARGO_HOME NUGET_PACKAGES'.split(' ');
const CACHE_PATH = /\.cache|\.npm|\.m2|\.cargo|\.nuget|pkg\/mod|registry|~|\/root/;

/** Nobody but the same tool uses what lies there: no other RUN of the stage, no copy out of it or into it. */
function isAlone({ folders, fills, isNeededLater }: BuildCache, stage: Stage, { stages }: Pick<Subject, 'stages'>): boolean {
  const isNear = (path: string): boolean =>
    folders.some((folder) => `${folder}/`.startsWith(`${path.replace(/\/$/, '')}/`) || path.startsWith(folder));
  const copied = stages.some((other) =>
    other.steps.some(({ instruction: { name, args }, expanded }) => {
      if (name !== 'COPY' && name !== 'ADD') return false;
      const words = args.form === 'words' || args.form === 'exec' ? args.words.map(({ text }) => expanded(text)) : [];
      // Of another stage what is taken, of this one where it goes to.
      const places = other === stage ? words.slice(-1).filter((word) => word !== '/') : words.slice(0, -1);
      return places.some((word) => word.startsWith('/') && isNear(word));
    }),
  );
  if (copied || stages.some((other) => other.steps.some((step) => step.mounts.some(({ from }) => from !== '')))) return false;
  if (!isNeededLater) return true;
  const calls = stage.steps.filter(({ instruction }) => instruction.name === 'RUN').map(({ script }) => script.calls);
  return calls.every((each) => each.some((call) => fills(toolCall(call))) || each.every(isPlain));
}

/** What works with files and packages of the system alone. */
const isPlain = ({ program }: Call): boolean =>
  /^(?:apt-get|apt|apk|dnf|microdnf|yum|rm|mkdir|cp|mv|ln|ls|cat|echo|chmod|chown|strip|upx|test|cd|set|curl|wget|tar|unzip|git|adduser|addgroup|useradd|groupadd|update-ca-certificates|touch|export|true|ldd)$/.test(
    program,
  );

const mounts = (folders: readonly string[]): readonly string[] => folders.map((folder) => `--mount=type=cache,target=${folder}`);

/** The stage is thrown away, and nobody takes the folder from it: the image stays as it is. */
const mountAt = ({ instruction }: StageStep, folders: readonly string[]): Fix => {
  const at = instruction.keywordSpan.end;
  return { title: 'mount a cache', edits: [replace({ start: at, end: at }, ` ${mounts(folders).join(' ')}`)] };
};
