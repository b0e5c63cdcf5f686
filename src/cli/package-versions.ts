import { tmpdir } from 'node:os';
import { EnvironmentError, messageOf, type Progress } from '../base/index.ts';
import { runProcess, type ProcessEnd } from '../base/node.ts';
import { keyOfPackage, type PackageName, type VersionLookup } from '../lint/index.ts';

/** What the registries' own clients say, so that mirrors, credentials and proxies are those they are set up with. */
interface Client {
  /** Programs that are it, tried in turn. */
  readonly programs: readonly (readonly [string, ...string[]])[];
  readonly args: (wanted: PackageName) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where it is run; default: here, for it may be set up here. */
  readonly folder?: string;
  /** The version in what it printed; undefined where it names none. */
  readonly version: (printed: string) => string | undefined;
  readonly noun: string;
  readonly written: string;
}

const CLIENTS: Readonly<Record<PackageName['registry'], Client>> = {
  go: {
    programs: [['go']],
    // A package lies in a module whose path is the package's, or begins it: `-e` answers for each (go help list).
    args: ({ name }) => [
      'list',
      '-m',
      '-e',
      '-f',
      '{{if not .Error}}{{.Version}}{{end}}',
      ...beginnings(name).map((path) => `${path}@latest`),
    ],
    // Outside of any module, whose go.mod and vendor folder would have a say.
    env: { GOFLAGS: '-mod=mod', GOWORK: 'off', GIT_TERMINAL_PROMPT: '0' },
    folder: tmpdir(),
    version: (printed) => printed.split('\n').find((line) => line !== ''),
    noun: 'Go modules',
    written: 'NAME@VERSION',
  },
  pypi: {
    programs: [['python3', '-m', 'pip'], ['pip3']],
    args: (wanted) => ['index', 'versions', ...('python' in wanted ? ['--python-version', wanted.python ?? ''] : []), wanted.name],
    env: { PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_NO_INPUT: '1' },
    // `flask (3.0.3)`, and then all versions.
    version: (printed) => /^\S+ \(([^)\s]+)\)$/m.exec(printed)?.[1],
    noun: 'Python packages',
    written: 'NAME==VERSION',
  },
  npm: {
    programs: [['npm']],
    args: ({ name }) => ['view', '--json', name, 'version'],
    env: { npm_config_update_notifier: 'false' },
    version: (printed) => /^"([^"]+)"\s*$/.exec(printed)?.[1],
    noun: 'npm packages',
    written: 'NAME@VERSION',
  },
};

/** `a.org/b/c`, `a.org/b`: the longest first. */
const beginnings = (path: string): readonly string[] => {
  const parts = path.split('/');
  return parts.slice(1).map((_, i) => parts.slice(0, parts.length - i).join('/'));
};

/** Installers that nobody is asked for, and who knows. */
const OTHERS: Readonly<Record<string, string>> = {
  apt: 'apt-cache policy NAME',
  apk: 'apk policy NAME',
  dnf: 'dnf list NAME',
  yum: 'yum list NAME',
  zypper: 'zypper info NAME',
  gem: 'gem search --exact NAME',
  cargo: 'cargo info NAME',
};

/** Clients wait on the network: several at a time, but no crowd. */
const AT_ONCE = 4;
const TIMEOUT_MS = 60_000;

export interface Answers {
  readonly versionOf: VersionLookup;
  /** What was not asked or not answered, why, and what to do instead: one line for each kind. */
  readonly notes: readonly string[];
}

export interface Asking {
  readonly progress: Progress;
  readonly signal?: AbortSignal | undefined;
}

/** Asks for the newest versions of packages. Never throws for what is not there; `others` are installers nobody is asked for. */
export async function lookUpVersions(packages: readonly PackageName[], others: readonly string[], asking: Asking): Promise<Answers> {
  const found = new Map<string, string>();
  const lost: { readonly wanted: PackageName; readonly why: string }[] = [];
  const waiting = [...packages];
  const takeNext = async (): Promise<void> => {
    for (let wanted = waiting.shift(); wanted !== undefined; wanted = waiting.shift()) {
      const answer = await askFor(wanted, asking.signal);
      if ('version' in answer) found.set(keyOfPackage(wanted), answer.version);
      else lost.push({ wanted, why: answer.why });
      asking.progress({ task: 'versions', current: found.size + lost.length, total: packages.length, unit: 'packages' });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, takeNext));
  if (packages.length > 0) asking.progress({ task: 'versions', done: true });
  return { versionOf: (wanted) => found.get(keyOfPackage(wanted)), notes: [...lostNotes(lost), ...otherNotes(others)] };
}

type Answer = { readonly version: string } | { readonly why: string };

async function askFor(wanted: PackageName, signal: AbortSignal | undefined): Promise<Answer> {
  if (wanted.registry === 'pypi' && wanted.python === undefined) return { why: 'the base image does not say which Python it has' };
  const { programs, args, env, folder, version } = CLIENTS[wanted.registry];
  let why = '';
  for (const program of programs) {
    const end = await runProcess({
      argv: [...program, ...args(wanted)],
      env: { ...process.env, ...env },
      ...(folder === undefined ? {} : { cwd: folder }),
      timeoutMs: TIMEOUT_MS,
      signal,
    }).catch((error: unknown) => {
      if (error instanceof EnvironmentError) return error;
      throw error;
    });
    if (end instanceof EnvironmentError) why ||= messageOf(end);
    else {
      const named = end.code === 0 ? version(end.stdout) : undefined;
      if (named !== undefined) return { version: named };
      why = end.timedOut ? `no answer within ${TIMEOUT_MS / 1000} s` : reasonOf(end, program.join(' '));
      if (!/No module named/.test(end.stderr)) break;
    }
  }
  return { why };
}

/** What the client said first; npm begins with its own numbers and names. */
const reasonOf = ({ stderr, code }: ProcessEnd, program: string): string => {
  const lines = stderr.split('\n').map((line) => line.replace(/^(?:npm (?:error|ERR!)|ERROR:|go:)\s*/i, '').trim());
  const first = lines.find((line) => line !== '' && !/^(?:code|npm warn|WARNING)\b/i.test(line));
  return first === undefined ? `\`${program}\` names no version${code === 0 ? '' : ` (exit ${code})`}` : first.slice(0, 200);
};

/** So many are named in a note. */
const MAX_NAMES = 3;

/** Of each registry the first reason: behind a broken network all are the same. */
function lostNotes(lost: readonly { readonly wanted: PackageName; readonly why: string }[]): readonly string[] {
  return Object.entries(CLIENTS).flatMap(([registry, { noun, written }]) => {
    const own = lost.filter(({ wanted }) => wanted.registry === registry);
    const [first] = own;
    if (first === undefined) return [];
    const names = own.map(({ wanted }) => `\`${wanted.name}\``).toSorted();
    const more = own.length > MAX_NAMES ? ` and ${own.length - MAX_NAMES} more` : '';
    return [
      `no version is known of the ${noun} ${names.slice(0, MAX_NAMES).join(', ')}${more}: ${first.why}; write \`${written}\` by hand`,
    ];
  });
}

function otherNotes(others: readonly string[]): readonly string[] {
  return [...new Set(others)].toSorted().map((name) => {
    const inBase = name === 'gem' || name === 'cargo' ? '' : ' in the base image, which decides on them,';
    return `${name} is not asked for versions: \`${OTHERS[name] ?? name}\`${inBase} names them`;
  });
}
