import { formatPlace, UserError } from '../../base/index.ts';
import type { Config, KeyValue } from '../../config/index.ts';
import { suiteNamed, type Plan } from '../../plan/index.ts';
import { entryName, type Service } from '../../service/index.ts';

/** An answer that may be given to a question. */
export interface Option {
  /** As the flag takes it. */
  readonly choice: string;
  /** What speaks for it, and against. */
  readonly says: string;
  /** What plimsoll.yaml then says. */
  readonly value: KeyValue;
}

/** What a repository cannot tell. */
export interface Question {
  readonly id: string;
  readonly question: string;
  readonly flag: string;
  readonly options: readonly [Option, ...Option[]];
  /** The first option is what Plimsoll takes by itself. Without a recommendation only a person can tell. */
  readonly isRecommended: boolean;
}

/** Which of several equally good applications is meant; undefined where that is known. */
export function entryQuestion({ application, applications, start }: Service, { command }: Config): Question | undefined {
  const [first, ...rest] = applications.map(({ value, because: [why] }): Option => {
    const choice = entryName(value);
    const place = why.from === 'file' ? formatPlace({ file: why.file, line: why.range.start.line }) : value.kind;
    return { choice, says: place, value: [['entry'], choice] };
  });
  if (application || start || command || first === undefined) return undefined;
  return { id: 'entry', question: 'Which application is to be started?', flag: '--entry', options: [first, ...rest], isRecommended: false };
}

/** The questions that neither the repository nor plimsoll.yaml answers, with the recommended answer first. */
export const openQuestions = (plan: Plan, config: Config): readonly Question[] =>
  [baseQuestion(plan, config), serverQuestion(plan), stagesQuestion(config), healthQuestion(plan, config)].filter(
    (each) => each !== undefined,
  );

function baseQuestion({ recipe }: Plan, { base, dockerfile }: Config): Question | undefined {
  if (base !== undefined || dockerfile?.base !== undefined || recipe.base.kind !== 'debian') return undefined;
  const { version } = recipe.python;
  return {
    id: 'base',
    question: 'What is the image built on?',
    flag: '--base',
    isRecommended: true,
    options: [
      {
        choice: 'slim',
        says: `Debian ${recipe.base.suite}: its C library runs every Linux wheel`,
        value: [['dockerfile', 'base'], `python:${version}-slim-${suiteNamed(recipe.base.suite).name}`],
      },
      {
        choice: 'alpine',
        says: 'smaller; its C library is musl, for which some packages have no wheels',
        value: [['dockerfile', 'base'], `python:${version}-alpine`],
      },
    ],
  };
}

/** Only where no server is declared or among the dependencies, and no lock decides what is installed. */
function serverQuestion({ service, decisions }: Plan): Question | undefined {
  if (decisions.find(({ id }) => id === 'server')?.decidedBy !== 'default') return undefined;
  const [first, ...rest] = serversFor(service).map((choice): Option => ({
    choice,
    says: SERVERS[choice] ?? '',
    value: [['server'], choice],
  }));
  if (first === undefined) return undefined;
  return {
    id: 'server',
    question: 'Which server runs the application? None is among the dependencies.',
    flag: '--server',
    isRecommended: true,
    options: [first, ...rest],
  };
}

const SERVERS: Readonly<Record<string, string>> = {
  gunicorn: 'WSGI, in Python, easy to configure; a wheel, so nothing is compiled',
  uwsgi: 'WSGI with more features, more complex; it has no wheel and is compiled',
  uvicorn: 'ASGI; one process, quick, stops cleanly on SIGTERM',
  hypercorn: 'ASGI with HTTP/2',
};

/** Servers that speak the application's interface, the recommended one first. */
function serversFor({ application }: Service): readonly string[] {
  if (application?.value.kind === 'asgi') return ['uvicorn', 'hypercorn'];
  return application?.value.kind === 'wsgi' ? ['gunicorn', 'uwsgi'] : [];
}

function stagesQuestion({ dockerfile }: Config): Question | undefined {
  if (dockerfile?.stages !== undefined) return undefined;
  return {
    id: 'stages',
    question: 'One stage, or several?',
    flag: '--stages',
    isRecommended: true,
    options: [
      {
        choice: 'multi',
        says: 'what installs the dependencies stays out of the image: smaller, less to attack',
        value: [['dockerfile', 'stages'], 'multi'],
      },
      { choice: 'single', says: 'simpler, and for development only', value: [['dockerfile', 'stages'], 'single'] },
    ],
  };
}

function healthQuestion({ contract }: Plan, { healthCheck, dockerfile }: Config): Question | undefined {
  if (contract.healthCheck === undefined || healthCheck === false || dockerfile?.healthCheck !== undefined) return undefined;
  const option = (choice: string, says: string): Option => ({ choice, says, value: [['dockerfile', 'healthCheck'], choice] });
  return {
    id: 'health-check',
    question: 'Does the Dockerfile hold a health check?',
    flag: '--health-check',
    isRecommended: true,
    options: [
      option('python', 'yes, asked by Python itself: Docker and Compose see it too, Kubernetes uses probes of its own'),
      option('curl', 'yes, asked by curl: one more package with its libraries in the image'),
      option('none', 'no: for Kubernetes only, whose probes stand in its manifests'),
    ],
  };
}

/** Flags that answer a question, or would: by the name of the option. */
export interface AnswerFlags {
  readonly entry?: string;
  readonly base?: string;
  readonly server?: string;
  readonly stages?: string;
  readonly healthCheck?: string;
  readonly bytecode: boolean;
}

/**
 * What the flags say, as keys of plimsoll.yaml. A flag holds whether its question is open or not: it changes an earlier
 * answer. Throws UserError for an answer that this service, or its plimsoll.yaml, rules out.
 */
export function flagKeys(flags: AnswerFlags, plan: Plan, config: Config): readonly KeyValue[] {
  const keys: KeyValue[] = [];
  if (flags.entry !== undefined) keys.push([['entry'], flags.entry]);
  if (flags.base !== undefined) keys.push(baseKey(flags.base, plan));
  if (flags.server !== undefined) keys.push(serverKey(flags.server, plan, config));
  if (flags.stages !== undefined) keys.push([['dockerfile', 'stages'], flags.stages]);
  if (flags.healthCheck !== undefined) keys.push(healthKey(flags.healthCheck, plan, config));
  if (!flags.bytecode) keys.push([['bytecode'], 'none']);
  return keys;
}

/** A Debian release is for all engines; a variant or an image is for the Dockerfile. */
function baseKey(base: string, plan: Plan): KeyValue {
  if (base === 'bookworm' || base === 'trixie') return [['base'], base];
  const option = baseQuestion(plan, {})?.options.find(({ choice }) => choice === base);
  if (option) return option.value;
  if (/^[a-z0-9][\w.-]*([/:@][\w.-]+)+$/.test(base) && /[:@]/.test(base)) return [['dockerfile', 'base'], base];
  throw new UserError(
    `\`--base ${base}\` is not understood`,
    'write `slim`, `alpine`, `bookworm`, `trixie` or an image with its tag, as `python:3.12-slim`',
  );
}

function serverKey(server: string, { service }: Plan, { command }: Config): KeyValue {
  if (command !== undefined)
    throw new UserError(
      '`--server` and `command:` rule each other out: the command is the whole start',
      'remove `command:` from plimsoll.yaml',
      {
        file: 'plimsoll.yaml',
      },
    );
  const fitting = serversFor(service);
  const why = service.application?.because[0];
  if (server !== 'own' && fitting.length > 0 && !fitting.includes(server))
    throw new UserError(
      `${server} does not serve this application: it is ${service.application?.value.kind.toUpperCase()}`,
      `choose ${fitting.map((each) => `\`--server ${each}\``).join(' or ')}`,
      why?.from === 'file' ? { file: why.file, line: why.range.start.line } : undefined,
    );
  return [['server'], server];
}

function healthKey(check: string, { contract }: Plan, { healthCheck }: Config): KeyValue {
  if (check !== 'none' && healthCheck === false)
    throw new UserError(
      `\`--health-check ${check}\` and \`healthCheck: false\` rule each other out`,
      'remove `healthCheck: false` from plimsoll.yaml',
      {
        file: 'plimsoll.yaml',
      },
    );
  if (check !== 'none' && contract.healthCheck === undefined)
    throw new UserError(
      `\`--health-check ${check}\`: there is nothing to ask, for the service has no port`,
      'say `port:` in plimsoll.yaml if it has one',
    );
  return [['dockerfile', 'healthCheck'], check];
}
