import { parseDuration, parseSize, type Config } from '../config/index.ts';
import type { Service } from '../service/index.ts';
import { commandOf } from './command.ts';
import { decideAll, type Context, type Flags, type Host } from './decision.ts';
import { buildStepsOf } from './decisions/build-steps.ts';
import { environmentOf } from './decisions/environment.ts';
import { healthPath, textCheck, type TextCheck } from './decisions/health-check.ts';
import { ENV_FILE, ignorePatternsOf } from './decisions/ignored-files.ts';
import { dockerfileBaseOf } from './decisions/dockerfile-base.ts';
import { NO_PORT } from './decisions/port.ts';
import { imagePackagesOf, systemPackagesOf } from './decisions/system-packages.ts';
import { addedServers } from './decisions/server.ts';
import { translationsOf } from './decisions/translations.ts';
import { APPLICATION_ROOT, writablePathsOf } from './decisions/writable-paths.ts';
import { localPackages, ownPackage } from './local.ts';
import { decisionRules } from './rules.ts';
import { isLocked, SOURCE_ONLY } from './installers.ts';
import { isImage, SUITES } from './suites.ts';
import { SYSTEM_NEEDS } from './system/distributions.ts';
import type { Base, DockerfileRecipe, FilesBeside, HealthCheck, Plan, Recipe, RuntimeContract } from './types.ts';

/** Docker's own default between SIGTERM and SIGKILL (docker stop); Kubernetes gives 30 s. */
const GRACE_MS = 10_000;
const READY_WITHIN_MS = 10_000;

/**
 * Service + configuration + flags → Plan. Pure. Throws UserError when a question cannot be answered, with the place
 * and the ways out.
 */
export function makePlan(service: Service, config: Config, flags: Flags = {}, host: Host = {}): Plan {
  const decisions = decideAll(decisionRules, { service, config, flags, host });
  const context: Context = { service, config, flags, host, decided: Object.fromEntries(decisions.map((d) => [d.id, d])) };
  const files = filesOf(context);
  return {
    service,
    decisions,
    contract: contractOf(context),
    recipe: recipeOf(context),
    dockerfile: dockerfileOf(context),
    ...(files ? { files } : {}),
  };
}

const filesOf = ({ config, service }: Context): FilesBeside | undefined =>
  config.files === undefined || config.files.length === 0
    ? undefined
    : { kinds: config.files, name: config.name ?? service.name.value, envFile: config.envFile ?? ENV_FILE };

const choice = (context: Context, id: string): string => context.decided[id]?.choice ?? '';

function contractOf(context: Context): RuntimeContract {
  const { config, service } = context;
  const [uid, gid] = choice(context, 'user').split(':').map(Number);
  const port = choice(context, 'port');
  const { memory, cpus } = config.limits ?? {};
  const health = healthCheckOf(context);
  return {
    entrypoint: entrypointOf(choice(context, 'pid1'), isImage(choice(context, 'base')) ? '' : '/usr/bin/'),
    command: commandOf(context),
    workingDir: APPLICATION_ROOT,
    user: {
      uid: uid ?? 0,
      gid: gid ?? 0,
      name: config.user?.name ?? 'app',
      ...(config.user?.shell === undefined ? {} : { shell: config.user.shell }),
    },
    environment: environmentOf(context),
    ports: port === NO_PORT ? [] : [{ port: Number(port), protocol: 'tcp', speaks: speaksHttp(service) ? 'http' : 'tcp' }],
    writablePaths: writablePathsOf(context),
    ...(choice(context, 'lifetime') === 'job' ? { lifetime: 'job' } : {}),
    stop: {
      signal: config.stop?.signal ?? 'SIGTERM',
      graceMs: config.stop?.grace === undefined ? GRACE_MS : parseDuration(config.stop.grace),
    },
    readyWithinMs: config.budget?.ready === undefined ? READY_WITHIN_MS : parseDuration(config.budget.ready),
    ...(health ? { healthCheck: health } : {}),
    limits: { ...(memory === undefined ? {} : { memoryBytes: parseSize(memory) }), ...(cpus === undefined ? {} : { cpus }) },
    labels: labelsOf(context),
  };
}

/** An image may have it anywhere on its PATH: then `folder` is empty. */
const entrypointOf = (pid1: string, folder: string): string[] => (pid1 === 'server' ? [] : [`${folder}${pid1}`, '--']);

/** What speaks something else, or nothing. */
const NO_HTTP: readonly string[] = ['script', 'grpc', 'celery'];
const speaksHttp = ({ routes, framework }: Service): boolean =>
  routes.length > 0 || (framework !== undefined && !NO_HTTP.includes(framework.value));

/** image-spec, annotations.md, "Pre-Defined Annotation Keys"; then plimsoll.yaml's own. */
function labelsOf({ service, config }: Context): Record<string, string> {
  const labels: Record<string, string> = { 'org.opencontainers.image.title': config.name ?? service.name.value };
  if (service.version) labels['org.opencontainers.image.version'] = service.version.value;
  if (service.description) labels['org.opencontainers.image.description'] = service.description.value;
  if (service.licence) labels['org.opencontainers.image.licenses'] = service.licence.value;
  // One that holds a login is for the machine that wrote it.
  if (service.source && /^https?:\/\/[^@\s]+$/.test(service.source.value)) labels['org.opencontainers.image.source'] = service.source.value;
  return { ...labels, ...config.labels };
}

function healthCheckOf(context: Context): HealthCheck | undefined {
  const kind = choice(context, 'health-check');
  if (kind === 'none') return undefined;
  const own = context.config.healthCheck === false ? undefined : context.config.healthCheck;
  const ms = (text: string | undefined, otherwise: number): number => (text === undefined ? otherwise : parseDuration(text));
  const timeoutMs = ms(own?.timeout, 3_000);
  const port = Number(choice(context, 'port'));
  const path = kind === 'http' ? healthPath(context) : undefined;
  const said = path === undefined ? textCheck(context.config) : undefined;
  return {
    test: path !== undefined ? answers(port, path, timeoutMs) : said ? answersLine(port, said, timeoutMs) : connects(port, timeoutMs),
    ...(path === undefined ? {} : { path }),
    intervalMs: ms(own?.interval, 30_000),
    timeoutMs,
    startPeriodMs: ms(own?.startPeriod, 5_000),
    retries: own?.retries ?? 3,
  };
}

/** http.client and not urllib: it heeds no proxy variables. Exit 0 below 400, 1 from 400 on and when nothing answers. */
function answers(port: number, path: string, timeoutMs: number): string[] {
  const code = `import http.client as h; c = h.HTTPConnection('127.0.0.1', ${port}, timeout=${timeoutMs / 1000}); c.request('GET', '${path.replaceAll("'", '%27')}'); raise SystemExit(c.getresponse().status >= 400)`;
  return ['python3', '-c', code];
}

/** JSON's strings are Python's: RFC 8259, section 7; Python reference, "String and Bytes literals". */
function answersLine(port: number, { send, expect }: TextCheck, timeoutMs: number): string[] {
  const [out, back] = [send, expect].map((text) => `${JSON.stringify(text)}.encode()`);
  const code = `import socket; s = socket.create_connection(('127.0.0.1', ${port}), ${timeoutMs / 1000}); s.sendall(${out}); raise SystemExit(${back} not in s.makefile('rb').readline())`;
  return ['python3', '-c', code];
}

function connects(port: number, timeoutMs: number): string[] {
  return ['python3', '-c', `import socket; socket.create_connection(('127.0.0.1', ${port}), ${timeoutMs / 1000}).close()`];
}

function recipeOf(context: Context): Recipe {
  const { service } = context;
  const dependencies = service.python.dependencies?.value;
  const steps = buildStepsOf(context);
  const translations = translationsOf(context);
  const sets = service.python.sets?.value;
  const constraints = service.python.constraints?.value;
  const writable = writablePathsOf(context).map((p) => p.path);
  const local = localPackages(service).map(({ value }) => value);
  const own = ownPackage(service, context.config);
  const system = systemPackagesOf(context);
  return {
    base: baseOf(choice(context, 'base'), context.config),
    python: { version: choice(context, 'interpreter') },
    ...(dependencies ? { dependencies } : {}),
    ...(sets && sets.extras.length + sets.groups.length > 0 ? { sets } : {}),
    ...(constraints && dependencies && !isLocked(dependencies) ? { constraints } : {}),
    ...(local.length > 0 ? { local } : {}),
    ...(own ? { own } : {}),
    added: addedServers(context),
    bytecode: choice(context, 'bytecode') === 'none' ? 'none' : 'dependencies',
    stripDebug: choice(context, 'debug-sections') === 'strip',
    packages: [...new Set([...namedPackages(context), ...system.packages.map(({ name }) => name)])].toSorted(),
    ...(system.finds ? { findsLibraries: true } : {}),
    root: APPLICATION_ROOT,
    ignore: ignorePatternsOf(context),
    ...(steps.length > 0 ? { steps } : {}),
    ...(translations.length > 0 ? { translations } : {}),
    directories: writable.filter((path) => path !== '/tmp'),
  };
}

/** An init, and what plimsoll.yaml names. */
const namedPackages = (context: Context): readonly string[] => [
  ...(choice(context, 'pid1') === 'server' ? [] : [choice(context, 'pid1')]),
  ...(context.config.packages ?? []),
];

function dockerfileOf(context: Context): DockerfileRecipe {
  const buildPackages = context.config.dockerfile?.buildPackages ?? [];
  const asked = context.service.python.requirements.map(({ value }) => value.name);
  const base = dockerfileBaseOf(context);
  const compiled = SYSTEM_NEEDS.filter(({ distribution, headers }) => headers && asked.includes(distribution));
  const isSourceOnly = compiled.length > 0 || [...asked, ...addedServers(context)].some((name) => SOURCE_ONLY.includes(name));
  const by = choice(context, 'dockerfile-health-check');
  return {
    base,
    stages: choice(context, 'dockerfile-stages') === 'single' ? 'single' : 'multi',
    install: choice(context, 'dockerfile-install') === 'wheels' ? 'wheels' : 'venv',
    healthCheck: by === 'curl' || by === 'none' ? by : 'python',
    compiles: isSourceOnly || buildPackages.length > 0,
    headers: [...new Set(compiled.flatMap(({ headers }) => headers?.[base.family] ?? []))].toSorted(),
    packages: imagePackagesOf(context, namedPackages(context)),
    buildPackages,
  };
}

function baseOf(name: string, { snapshot, python }: Config): Base {
  const suite = SUITES.find((s) => s.name === name);
  return suite
    ? { kind: 'debian', suite: suite.name, ...(snapshot === undefined ? {} : { snapshot }) }
    : { kind: 'registry', reference: name, ...(python === undefined ? {} : { python }) };
}
