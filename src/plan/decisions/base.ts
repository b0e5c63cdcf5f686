import { satisfies } from '@renovatebot/pep440';
import { inferred, UserError, type Evidence, type Fact } from '../../base/index.ts';
import { byDefault, configured, decision, detected, flagged, type Answer, type Context } from '../decision.ts';
import { SUITES, type Suite } from '../suites.ts';

export const base = decision({
  id: 'base',
  question: 'What is the image built on?',
  choices: {
    trixie: 'Debian 13: Python 3.13, the newest packages, security support until 2028',
    bookworm: 'Debian 12: Python 3.11, for what 3.13 no longer runs; long-term support until 2028',
    'an image': 'such as `python:3.12-slim`, from a registry: any Python, but its shell and package manager come along',
  },
  why: 'The base decides the interpreter, the C library that wheels must fit, and how long security updates come. Plimsoll assembles it from the Debian packages that the service needs, and nothing else: no shell, no package manager. Where no package sources of Debian are known (`/etc/apt`, PLIMSOLL_DEBIAN_MIRROR) it takes the official `python` image; write `base` in plimsoll.yaml for one and the same on all machines.',
  key: 'base',
  decide(context): Answer {
    const answer = chosen(context);
    const { snapshot } = context.config;
    if (snapshot === undefined) return answer;
    if (!SUITES.some((suite) => suite.name === answer.choice))
      throw new UserError(
        `\`snapshot: ${snapshot}\` is a day of Debian’s archive, and the base is ${answer.choice}`,
        'remove `snapshot`, or choose the base `trixie` or `bookworm`',
        { file: 'plimsoll.yaml' },
      );
    return {
      ...answer,
      says: `${answer.says}, as of ${snapshot}`,
      because: [...answer.because, ...configured('', '', 'snapshot').because],
    };
  },
});

function chosen(context: Context): Answer {
  const { flags, config } = context;
  const named = flags.base ?? config.base;
  if (named !== undefined) return fromName(context, named);
  // A snapshot has a service of its own.
  if (context.host.noDebian && config.snapshot === undefined) return withoutDebian(context, context.host.noDebian);
  if (config.python !== undefined) return fromPython(context, config.python);
  const { version, requires } = context.service.python;
  if (version) return fromVersionFile(context, version);
  if (requires) return fromRequires(requires);
  const [newest] = SUITES;
  if (!newest) throw new Error('no suites');
  return byDefault(newest.name, says(newest), inferred('base/newest', 'nothing asks for a Python version: the newest Debian release'));
}

const says = (suite: Suite): string => `Debian ${suite.debian} ${suite.name}, only the packages it needs`;

function fromName({ flags, config, service }: Context, named: string): Answer {
  const by =
    flags.base === undefined
      ? (choice: string, words: string) => configured(choice, words, 'base')
      : (choice: string, words: string) => flagged(choice, words, `--base ${named}`);
  const suite = SUITES.find((s) => s.name === named);
  if (!suite) return { ...by(named, `the image ${named}`), is: 'an image' };
  if (config.python !== undefined && config.python !== suite.python)
    throw new UserError(
      `${named} has Python ${suite.python}, but plimsoll.yaml asks for Python ${config.python}`,
      `remove one of the two: ${choices()}`,
      { file: 'plimsoll.yaml' },
    );
  refuseUnlessAllowed(suite, service.python.requires);
  return by(suite.name, says(suite));
}

/** Minor versions of official images, in the order in which they are taken: as the releases of Debian have them, then newest first. */
const OFFICIAL = [...SUITES.map((suite) => suite.python).slice(0, 1), '3.14', '3.12', '3.11', '3.10'];

/** The official image of the Python that is asked for, on the release of Debian that would be taken else. */
function withoutDebian({ config, service }: Context, noDebian: Evidence): Answer {
  const { version, requires } = service.python;
  const asked = config.python ?? version?.value.split('.').slice(0, 2).join('.');
  const python = asked ?? OFFICIAL.find((minor) => !requires || satisfies(`${minor}.99`, requires.value));
  if (python === undefined && requires) throw refusal(requires);
  const reference = officialImage(python ?? '');
  const reasons = config.python !== undefined ? [{ from: 'config' as const, name: 'python' }] : (version ?? requires)?.because;
  return {
    ...detected(reference, `the official image of Python ${python}, for no Debian packages can be had here`, noDebian, ...(reasons ?? [])),
    is: 'an image',
  };
}

const officialImage = (python: string): string => `python:${python}-slim-${(SUITES.find((s) => s.python === python) ?? SUITES[0])?.name}`;

function fromPython({ service }: Context, python: string): Answer {
  const suite = SUITES.find((s) => s.python === python);
  if (!suite)
    throw new UserError(
      `no Debian release has Python ${python}`,
      `set \`python:\` to one of these: ${choices()}; or name an image that has it: \`base: ${officialImage(python)}\``,
      { file: 'plimsoll.yaml' },
    );
  refuseUnlessAllowed(suite, service.python.requires);
  return configured(suite.name, says(suite), 'python');
}

function fromVersionFile({ service }: Context, version: Fact<string>): Answer {
  const minor = version.value.split('.').slice(0, 2).join('.');
  const suite = SUITES.find((s) => s.python === minor);
  if (!suite) {
    const allowed = SUITES.filter((s) => isAllowed(s, service.python.requires));
    const way =
      allowed.length > 0
        ? `requires-python also allows ${allowed.map((s) => `${s.python} (\`--base ${s.name}\`)`).join(' and ')}`
        : `they have ${choices()}`;
    throw new UserError(
      `no Debian release has Python ${version.value}, which the repository asks for`,
      `name an image that has it: \`--base ${officialImage(minor)}\`; ${way}`,
      placeOf(version.because[0]),
    );
  }
  refuseUnlessAllowed(suite, service.python.requires);
  return detected(suite.name, says(suite), ...version.because);
}

function fromRequires(requires: Fact<string>): Answer {
  const suite = SUITES.find((s) => isAllowed(s, requires));
  if (!suite) throw refusal(requires);
  return detected(suite.name, says(suite), ...requires.because);
}

const isAllowed = (suite: Suite, requires: Fact<string> | undefined): boolean =>
  requires === undefined || satisfies(suite.pythonRelease, requires.value);

function refuseUnlessAllowed(suite: Suite, requires: Fact<string> | undefined): void {
  if (requires && !isAllowed(suite, requires)) throw refusal(requires, suite);
}

function refusal(requires: Fact<string>, suite?: Suite): UserError {
  const what = suite ? `rules out Python ${suite.pythonRelease}, which ${suite.name} has` : 'rules out the Python of every Debian release';
  return new UserError(
    `requires-python "${requires.value}" ${what}`,
    `they have ${choices()}; widen requires-python, or name an image that has another: \`--base python:3.14-slim\``,
    placeOf(requires.because[0]),
  );
}

const choices = (): string => SUITES.map((s) => `${s.pythonRelease} (\`base: ${s.name}\`)`).join(' and ');

const placeOf = (evidence: Evidence): { file: string; line: number; column: number } | undefined =>
  evidence.from === 'file' ? { file: evidence.file, ...evidence.range.start } : undefined;
