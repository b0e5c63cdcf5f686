import { COMPANION_IMAGES, companionSettings, type CompanionKind, type CompanionSettings } from './companions.ts';
import { aboutVariable, requiredFirst, runningOf, SCRATCH_MIB, seconds, type Running } from './running.ts';
import type { ContractVariable, Plan } from '../plan/index.ts';
import { comment, duration } from './words.ts';
import { field, map, plainMap, yamlText, type Field, type Yaml, type YamlMap } from './yaml.ts';

/**
 * The service and what it talks to, on one machine (Compose Specification): locked down as in production, so that what
 * does not work there does not work here either.
 */
export function writeCompose(plan: Plan): string {
  const running = runningOf(plan);
  const settings = companionSettings(plan);
  const kinds = plan.service.companions.map(({ value }) => value.kind);
  const volumes = [...running.kept.map(({ name }) => name), ...kinds.flatMap((kind) => dataOf(kind) ?? [])];
  const head = comment(
    `${running.name}: written by \`plimsoll init\`. It is yours: change what you like. Start it with \`cp ${running.envFile} .env\`, fill in .env, \`docker compose up --build\`.`,
  );
  return `${head}\n${yamlText(
    map(
      field('name', running.name),
      field(
        'services',
        map(field(running.name, serviceOf(plan, running, settings)), ...kinds.flatMap((kind) => companion(kind, running, settings))),
      ),
      volumes.length === 0 ? undefined : field('volumes', map(...volumes.map((name) => field(name, map())))),
    ),
  )}`;
}

function serviceOf(plan: Plan, running: Running, settings: CompanionSettings): YamlMap {
  const { contract, service } = plan;
  const { uid, gid } = contract.user;
  const waits = service.companions.map(({ value }) =>
    field(value.kind === 's3' ? 's3-bucket' : value.kind, plainMap({ condition: value.kind === 's3' ? DONE : 'service_healthy' })),
  );
  return map(
    field('build', '.'),
    field('image', running.image),
    contract.ports.length === 0
      ? undefined
      : field(
          'ports',
          contract.ports.map(({ port }) => `${port}:${port}`),
        ),
    environmentOf(running, settings),
    waits.length === 0 ? undefined : field('depends_on', map(...waits), 'It starts when these answer, not when their processes live.'),
    field('user', `${uid}:${gid}`, 'As in the image: not root.'),
    field('read_only', true, 'Whoever breaks in cannot change the program. What the service writes to is mounted below.'),
    field(
      'tmpfs',
      running.scratch.map(({ path }) =>
        path === '/tmp' ? tmpfs(path, 'mode=1777') : tmpfs(path, 'mode=0700', `uid=${uid}`, `gid=${gid}`),
      ),
      'Scratch: lost when it stops, and counted as its memory.',
    ),
    running.kept.length === 0
      ? undefined
      : field(
          'volumes',
          running.kept.map(({ name, path }) => `${name}:${path}`),
          `Kept. To back up: \`docker compose stop ${running.name}\`, then \`docker run --rm -v ${running.name}_${running.kept[0]?.name}:/from:ro -v .:/to busybox tar czf /to/${running.kept[0]?.name}.tar.gz -C /from .\`: files of a database that runs may not fit together.`,
        ),
    field('cap_drop', ['ALL'], 'A service on a port above 1024 needs none of root’s rights.'),
    field('security_opt', ['no-new-privileges:true'], 'Nor can a program with the setuid bit bring them back.'),
    running.needsInit ? field('init', true, 'It starts child processes, and its process 1 does not wait for those of others.') : undefined,
    contract.stop.signal === 'SIGTERM' ? undefined : field('stop_signal', contract.stop.signal),
    field('stop_grace_period', duration(contract.stop.graceMs), 'From the signal to the kill: requests in flight end in this time.'),
    field(
      'deploy',
      map(field('resources', map(field('limits', plainMap({ cpus: String(running.cpus), memory: `${running.memoryMiB}M`, pids: 512 }))))),
      `Limits (${running.limitsSay}).`,
    ),
    running.isJob ? field('restart', 'no', 'It ends when it is done.') : field('restart', 'unless-stopped'),
    healthCheck(plan),
  );
}

const DONE = 'service_completed_successfully';

const tmpfs = (path: string, ...options: readonly string[]): string => `${path}:${[`size=${SCRATCH_MIB}m`, ...options].join(',')}`;

/** Compose replaces `$`: `$$` is one (Compose Specification, "Interpolation"). */
const literal = (text: string): string => text.replaceAll('$', '$$$$');

function environmentOf({ variables, envFile }: Running, { values }: CompanionSettings): Field | undefined {
  const read = requiredFirst(variables).map((variable) => {
    const { name } = variable;
    const told = values.get(name);
    if (told !== undefined) return field(name, told, `Where its companion is; ${aboutVariable(variable)}.`);
    return field(name, asked(variable, envFile), `${aboutVariable(variable)}.`);
  });
  const names = new Set(variables.map(({ name }) => name));
  const more = [...values].filter(([name]) => !names.has(name)).map(([name, value]) => field(name, value));
  const all = [...read, ...more];
  return all.length === 0 ? undefined : field('environment', map(...all));
}

/** Without a default it is handed on where it is set, and else not there at all: an empty value is a value. */
function asked({ name, required, secret, default: value }: ContractVariable, envFile: string): Yaml {
  if (required) return `\${${name}:?set it in .env, ${envFile} shows how}`;
  return secret || value === undefined || value === '' ? null : `\${${name}:-${literal(value)}}`;
}

function healthCheck({ contract: { healthCheck: check } }: Plan): Field | undefined {
  if (check === undefined) return undefined;
  return field(
    'healthcheck',
    map(
      field('test', ['CMD', ...check.test.map(literal)]),
      field('interval', duration(check.intervalMs)),
      field('timeout', duration(check.timeoutMs)),
      field('start_period', `${seconds(check.startPeriodMs)}s`),
      field('retries', check.retries),
    ),
    check.path === undefined ? 'A connection is accepted.' : `Asks ${check.path}.`,
  );
}

const dataOf = (kind: CompanionKind): string | undefined => (COMPANION_IMAGES[kind].data === undefined ? undefined : `${kind}-data`);

/** No ports: the service reaches it by name, and nobody else needs to. */
function companion(kind: CompanionKind, running: Running, { passwords }: CompanionSettings): readonly Field[] {
  const { image, environment, test, data } = COMPANION_IMAGES[kind];
  const secret = passwords.get(kind);
  const entries = Object.entries(environment).map(([name, value]) =>
    field(name, secret === undefined ? value : value.replace('${PASSWORD}', () => `\${${secret}:?set it in .env}`)),
  );
  const fields: readonly (Field | undefined)[] = [
    field('image', image),
    entries.length === 0 ? undefined : field('environment', map(...entries)),
    data === undefined ? undefined : field('volumes', [`${kind}-data:${data}`]),
    field('security_opt', ['no-new-privileges:true']),
    field('restart', 'unless-stopped'),
    field(
      'healthcheck',
      plainMap({ test: ['CMD', ...test.map(literal)], interval: '10s', timeout: '5s', start_period: '20s', retries: 5 }),
    ),
  ];
  const says =
    kind === 's3'
      ? 'A stand-in for S3 that keeps nothing. In production the variables that say where it is stay unset.'
      : 'No port on the host: the service reaches it by its name.';
  return [field(kind, map(...fields), says), ...(kind === 's3' ? [bucket(image, running)] : [])];
}

/** S3 has no bucket until somebody makes one: the one that the service reads the name of. */
function bucket(image: string, { variables, envFile }: Running): Field {
  const code = "import boto3, os; boto3.client('s3').create_bucket(Bucket=os.environ['BUCKET'])";
  const named = variables.find(({ name }) => /(^|_)BUCKET(_NAME)?$/i.test(name));
  const environment: Readonly<Record<string, Yaml>> = {
    BUCKET: (named && asked(named, envFile)) ?? `\${${named?.name ?? 'BUCKET_NAME'}:-bucket}`,
    AWS_ENDPOINT_URL: 'http://s3:5000',
    AWS_ACCESS_KEY_ID: 'stand-in',
    AWS_SECRET_ACCESS_KEY: 'stand-in',
    AWS_DEFAULT_REGION: 'us-east-1',
  };
  return field(
    's3-bucket',
    map(
      field('image', image),
      field('entrypoint', ['python', '-c', code]),
      field('environment', plainMap(environment)),
      field('depends_on', map(field('s3', plainMap({ condition: 'service_healthy' })))),
      field('restart', 'no'),
    ),
    'Makes the bucket, and ends.',
  );
}
