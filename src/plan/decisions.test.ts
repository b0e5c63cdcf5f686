import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { cite, memoryFiles, UserError, type Evidence } from '../base/index.ts';
import { readConfig } from '../config/index.ts';
import { readService } from '../service/index.ts';
import { decisionRules, makePlan, type Decision, type Flags, type Host, type Plan } from './index.ts';

const SERVICE: Readonly<Record<string, string>> = {
  'requirements.txt': 'fastapi==0.115.5\nuvicorn==0.32.1\n',
  'app/__init__.py': '',
  'app/main.py': [
    'import os',
    'from fastapi import FastAPI',
    '',
    'app = FastAPI()',
    '',
    '',
    '@app.get("/health")',
    'def health():',
    '    return {}',
    '',
  ].join('\n'),
};

async function planOf(change: Readonly<Record<string, string | undefined>> = {}, flags: Flags = {}, host: Host = {}): Promise<Plan> {
  const { 'plimsoll.yaml': config = '', ...files } = { ...SERVICE, ...change };
  const present = Object.fromEntries(Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== undefined));
  const read = readConfig(config);
  return makePlan(
    await readService(memoryFiles(present), {
      folderName: 'service',
      dependencies: read.dependencies,
      ...(read.entry === undefined ? {} : { entry: read.entry }),
    }),
    read,
    flags,
    host,
  );
}
const decided = (plan: Plan, id: string): Decision => plan.decisions.find((d) => d.id === id)!;
/** A program that serves by itself. */
const httpServer = (line: string): string =>
  `from http.server import HTTPServer, BaseHTTPRequestHandler\nimport signal\nif __name__ == "__main__":\n    server = HTTPServer(("", 8000), BaseHTTPRequestHandler)\n    ${line}\n    server.serve_forever()\n`;
const main = (line: string): string => `${SERVICE['app/main.py']}\n${line}\n`;

const DJANGO: Readonly<Record<string, string | undefined>> = {
  'app/main.py': undefined,
  'requirements.txt': 'django==5.1.4\ngunicorn==23.0.0\n',
  'manage.py': 'import sys\nfrom django.core.management import execute_from_command_line\nexecute_from_command_line(sys.argv)\n',
  'app/settings.py': 'INSTALLED_APPS = ["django.contrib.staticfiles"]\nSTATIC_ROOT = "/srv/static"\n',
  'app/wsgi.py': 'from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n',
};

interface Case {
  readonly id: string;
  readonly change: Readonly<Record<string, string | undefined>>;
  readonly choice: string;
  /** The first piece of evidence, as people read it. */
  readonly because: string;
  readonly flags?: Flags;
}

const cases: readonly Case[] = [
  {
    id: 'entry',
    change: { 'app/main.py': SERVICE['app/main.py']!.replaceAll('app = ', 'api = ').replaceAll('@app.', '@api.') },
    choice: 'app.main:api',
    because: 'app/main.py:4: api = FastAPI()',
  },
  { id: 'base', change: { '.python-version': '3.11\n' }, choice: 'bookworm', because: '.python-version:1: 3.11' },
  {
    id: 'base',
    change: {
      'pyproject.toml': '[project]\nname = "x"\nversion = "1"\nrequires-python = "<3.13"\ndependencies = ["fastapi", "uvicorn"]\n',
      'requirements.txt': undefined,
    },
    choice: 'bookworm',
    because: 'pyproject.toml:4: requires-python = "<3.13"',
  },
  { id: 'base', change: {}, flags: { base: 'bookworm' }, choice: 'bookworm', because: '--base bookworm' },
  {
    id: 'system-packages',
    change: { 'app/main.py': main('import subprocess\nsubprocess.run(["git", "log"])') },
    choice: 'git',
    because: 'app/main.py:12: subprocess.run(["git", "log"])',
  },
  { id: 'interpreter', change: { 'plimsoll.yaml': 'python: "3.11"\n' }, choice: '3.11', because: 'plimsoll.yaml: python' },
  {
    id: 'dependency-sets',
    change: {
      'pyproject.toml':
        '[project]\nname = "x"\nversion = "1"\ndependencies = ["fastapi"]\n[project.optional-dependencies]\nweb = ["uvicorn"]\n',
      'requirements.txt': undefined,
      Dockerfile: 'FROM python:3.13\nRUN pip install .[web]\n',
    },
    choice: 'extra web',
    because: 'Dockerfile:2: pip install .[web]',
  },
  {
    id: 'installer',
    change: { 'requirements.txt': undefined },
    choice: 'none',
    because: 'no requirements file, pyproject or lock names one (installer/none)',
  },
  {
    id: 'server',
    change: { 'requirements.txt': 'fastapi==0.115.5\nhypercorn==0.17.3\n' },
    choice: 'hypercorn',
    because: 'requirements.txt:2: hypercorn==0.17.3',
  },
  {
    id: 'server',
    change: { 'requirements.txt': 'fastapi==0.115.5\n' },
    choice: 'uvicorn',
    because: 'no production server among the dependencies: uvicorn is added (server/added)',
  },
  {
    id: 'server',
    change: {
      'requirements.txt': 'flask==3.1.0\nwaitress==3.0.2\n',
      'app/main.py':
        'from flask import Flask\nfrom waitress import serve\n\napp = Flask(__name__)\n\nif __name__ == "__main__":\n    serve(app, port=8000)\n',
    },
    choice: 'own',
    because: 'app/main.py:2: waitress',
  },
  { id: 'workers', change: { 'plimsoll.yaml': 'workers: 4\n' }, choice: '4', because: 'plimsoll.yaml: workers' },
  {
    id: 'port',
    change: { Procfile: 'web: uvicorn app.main:app --host 0.0.0.0 --port 9000\n' },
    choice: '9000',
    because: 'Procfile:1: web: uvicorn app.main:app --host 0.0.0.0 --port 9000',
  },
  {
    id: 'pid1',
    change: { 'app/main.py': main('import subprocess\nsubprocess.run(["true"])') },
    choice: 'tini',
    because: 'app/main.py:12: subprocess.run(["true"])',
  },
  {
    id: 'pid1',
    change: { 'requirements.txt': undefined, 'app/main.py': httpServer('pass') },
    choice: 'tini',
    because: 'app/main.py:3: if __name__ == "__main__":',
  },
  { id: 'user', change: { 'plimsoll.yaml': 'user: { uid: 1001 }\n' }, choice: '1001:1001', because: 'plimsoll.yaml: user' },
  {
    id: 'health-check',
    change: { 'app/main.py': SERVICE['app/main.py']!.replace('/health', '/items') },
    choice: 'tcp',
    because: 'no route looks like a health endpoint (/health, /healthz, /livez…) (health-check/tcp)',
  },
  {
    id: 'health-check',
    change: { 'plimsoll.yaml': 'healthCheck: { send: "PING\\n", expect: PONG }\n' },
    choice: 'text',
    because: 'plimsoll.yaml: healthCheck.send',
  },
  { id: 'writable-paths', change: { 'plimsoll.yaml': 'writable: [/data]\n' }, choice: '/data /tmp', because: 'plimsoll.yaml: writable' },
  {
    id: 'environment',
    change: { 'plimsoll.yaml': 'environment: { MODE: fast }\n' },
    choice: 'PATH LANG PYTHONUNBUFFERED PYTHONDONTWRITEBYTECODE MODE',
    because: 'where the interpreter and the console scripts are (environment/python)',
  },
  { id: 'bytecode', change: {}, flags: { bytecode: 'none' }, choice: 'none', because: '--no-bytecode' },
  { id: 'debug-sections', change: { 'plimsoll.yaml': 'debugSections: keep\n' }, choice: 'keep', because: 'plimsoll.yaml: debugSections' },
  { id: 'build-steps', change: DJANGO, choice: 'collectstatic', because: 'app/settings.py:2: STATIC_ROOT = "/srv/static"' },
  {
    id: 'build-steps',
    change: { 'plimsoll.yaml': 'build: { steps: ["python make.py"] }\n' },
    choice: 'own',
    because: 'plimsoll.yaml: build.steps',
  },
  {
    id: 'translations',
    change: { 'locale/de/LC_MESSAGES/app.po': 'msgid "a"\nmsgstr "b"\n' },
    choice: 'compile',
    because: 'locale/de/LC_MESSAGES/app.po:1: msgid "a"',
  },
  {
    id: 'layers',
    change: { 'requirements.txt': undefined },
    choice: 'base, interpreter, application',
    because: 'ordered from what changes seldom to what changes often (layers/by-change)',
  },
  {
    id: 'dockerfile-base',
    change: { 'plimsoll.yaml': 'dockerfile: { base: "python:3.12-slim" }\n' },
    choice: 'python:3.12-slim',
    because: 'plimsoll.yaml: dockerfile.base',
  },
  {
    id: 'dockerfile-stages',
    change: { 'plimsoll.yaml': 'dockerfile: { stages: single }\n' },
    choice: 'single',
    because: 'plimsoll.yaml: dockerfile.stages',
  },
  {
    id: 'dockerfile-install',
    change: { 'plimsoll.yaml': 'dockerfile: { install: wheels }\n' },
    choice: 'wheels',
    because: 'plimsoll.yaml: dockerfile.install',
  },
  {
    id: 'dockerfile-health-check',
    change: { 'plimsoll.yaml': 'dockerfile: { healthCheck: curl }\n' },
    choice: 'curl',
    because: 'plimsoll.yaml: dockerfile.healthCheck',
  },
  { id: 'lifetime', change: { 'plimsoll.yaml': 'lifetime: job\n' }, choice: 'job', because: 'plimsoll.yaml: lifetime' },
  { id: 'ignored-files', change: { 'plimsoll.yaml': 'ignore: ["*.sqlite"]\n' }, choice: 'usual', because: 'plimsoll.yaml: ignore' },
];

describe('a changed fact changes the decision and its evidence', async () => {
  const before = await planOf();
  test.each(cases)('$id becomes $choice', async ({ id, change, choice, because, flags }) => {
    // Without a dependency nothing serves: those cases say that the program serves by itself.
    const alone = change['requirements.txt'] === undefined && 'requirements.txt' in change && !('pyproject.toml' in change);
    const plan = await planOf(alone ? { ...change, 'plimsoll.yaml': 'server: own\n' } : change, flags);
    const after = decided(plan, id);
    expect(after.choice).toBe(choice);
    expect(cite(after.because[0])).toBe(because);
    const earlier = before.decisions.find((d) => d.id === id); // absent: the question did not come up
    expect({ choice: after.choice, because: after.because }).not.toEqual({ choice: earlier?.choice, because: earlier?.because });
  });

  test('every decision has such a case', () => {
    expect(decisionRules.map((r) => r.id).filter((id) => !cases.some((c) => c.id === id))).toEqual([]);
  });
});

describe('the decisions', () => {
  test('are one file each, all registered', () => {
    const files = readdirSync(new URL('./decisions', import.meta.url)).filter((f) => f !== 'index.ts');
    expect(files.toSorted()).toEqual(decisionRules.map((r) => `${r.id}.ts`).toSorted());
  });

  test('a plan is plain JSON', async () => {
    const plan = await planOf();
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  test('the choice that was taken is not among its alternatives', async () => {
    for (const d of (await planOf()).decisions) expect(d.alternatives.map((a) => a.choice)).not.toContain(d.choice);
  });
});

describe('a program that serves by itself', () => {
  const own = { 'plimsoll.yaml': 'server: own\n' };

  test('is started by the name of its module, from the folder above its package', async () => {
    expect((await planOf(own)).contract.command).toEqual(['python3', '-m', 'app.main']);
    expect((await planOf({ ...own, 'app/main.py': undefined, 'main.py': SERVICE['app/main.py'] })).contract.command).toEqual([
      'python3',
      'main.py',
    ]);
  });

  test('listens where its framework does when it says nothing', async () => {
    const flask =
      'from flask import Flask\n\ndef create_app(name):\n    return Flask(name)\n\nif __name__ == "__main__":\n    create_app("x").run()\n';
    const plan = await planOf({ 'app/main.py': undefined, 'serve.py': flask });
    expect(decided(plan, 'port')).toMatchObject({ choice: '5000', because: [{ says: 'the default of flask' }] });
  });
});

test('a variable that plimsoll.yaml names is in the contract without a value, and a secret by its name', async () => {
  const read = 'import os\nSITE = os.environ.get("SITE_NAME")\n';
  const config = 'variables: { API_TOKEN: required, SITE_NAME: required, LANG: optional }\n';
  const { contract } = await planOf({ 'app/main.py': main(read), 'plimsoll.yaml': config });
  const of = (name: string) => contract.environment.find((it) => it.name === name);
  expect(of('API_TOKEN')).toEqual({
    name: 'API_TOKEN',
    required: true,
    secret: true,
    because: [{ from: 'config', name: 'variables.API_TOKEN' }],
  });
  expect(of('SITE_NAME')).toMatchObject({
    required: true,
    secret: false,
    because: [{ from: 'config' }, { from: 'file', file: 'app/main.py' }],
  });
  expect(of('LANG')).toMatchObject({ value: 'C.UTF-8' });
});

describe('a build step', () => {
  const settings = (text: string): Readonly<Record<string, string | undefined>> => ({ ...DJANGO, 'app/settings.py': text });

  test('of Django is kept where it writes, and reads the settings that the service starts with', async () => {
    const wsgi = `import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "app.live")\n${DJANGO['app/wsgi.py']}`;
    const { recipe } = await planOf({ ...DJANGO, 'app/wsgi.py': wsgi });
    const argv = ['python3', 'manage.py', 'collectstatic', '--noinput'];
    expect(recipe.steps).toEqual([{ argv, environment: { DJANGO_SETTINGS_MODULE: 'app.live' }, writes: ['/app', '/srv/static'] }]);
    const set = await planOf({ ...DJANGO, 'app/wsgi.py': wsgi, 'plimsoll.yaml': 'environment: { DJANGO_SETTINGS_MODULE: app.other }\n' });
    expect(set.recipe.steps?.[0]?.environment).toEqual({});
  });

  test.each([
    ['no STATIC_ROOT', settings('INSTALLED_APPS = ["django.contrib.staticfiles"]\n')],
    ['a STATIC_ROOT of None', settings('INSTALLED_APPS = ["django.contrib.staticfiles"]\nSTATIC_ROOT = None\n')],
    ['no staticfiles', settings('INSTALLED_APPS = []\nSTATIC_ROOT = "/srv/static"\n')],
    ['no manage.py', { ...DJANGO, 'manage.py': undefined }],
    ['an empty list in plimsoll.yaml', { ...DJANGO, 'plimsoll.yaml': 'build: { steps: [] }\n' }],
  ])('is not there with %s', async (_, change) => {
    expect((await planOf(change)).recipe.steps).toBeUndefined();
  });

  test('has dummies for what the service requires, a proposal of the repository where it is no secret, and what it is given', async () => {
    const { recipe, decisions } = await planOf({
      'app/main.py': main('A = os.environ["MODE"], os.environ["API_KEY"], os.environ["DATABASE_URL"], os.environ.get("NOT_NEEDED")'),
      '.env.example': 'MODE=live\nAPI_KEY=0a1b2c3d4e5f6a7b\nDATABASE_URL=postgresql://app:Tr0ub4dor@db/app\n',
      'plimsoll.yaml': 'build: { steps: [{ run: [python, make.py], env: { SPEED: 2 }, writes: [/srv/site] }] }\n',
    });
    expect(recipe.steps).toEqual([
      {
        argv: ['python3', 'make.py'],
        environment: {
          API_KEY: expect.stringMatching(/^dummy/),
          DATABASE_URL: expect.stringContaining(':dummy@'),
          MODE: 'live',
          SPEED: '2',
        },
        writes: ['/srv/site'],
      },
    ]);
    expect(decisions.find(({ id }) => id === 'build-steps')?.says).toBe('python3 make.py, with dummies for API_KEY, DATABASE_URL, MODE');
  });

  test.each(['a.sh | b.sh', 'a.sh $HOME', '"a'])('that needs a shell is refused: %s', async (line) => {
    await expect(planOf({ 'plimsoll.yaml': `build: { steps: [${JSON.stringify(line)}] }\n` })).rejects.toMatchObject({
      name: 'UserError',
      hint: expect.stringContaining('list of words'),
    });
  });
});

describe('the image of the Dockerfile', () => {
  test('leaves what the direct engine makes as it is', async () => {
    const { contract, recipe } = await planOf();
    const other = await planOf({ 'plimsoll.yaml': 'dockerfile: { base: "python:3.12-slim", install: wheels, healthCheck: curl }\n' });
    expect({ contract: other.contract, recipe: other.recipe }).toEqual({ contract, recipe });
    expect(other.dockerfile.base).toMatchObject({ python: '3.12', family: 'debian', suite: 'trixie' });
  });

  test.each([
    ['python:3.12.10-slim', { family: 'debian', suite: 'bookworm', python: '3.12' }],
    ['python:3.11.13-slim', { family: 'debian', suite: 'trixie', python: '3.11' }],
    ['python:3.11-slim-bookworm', { family: 'debian', suite: 'bookworm', python: '3.11' }],
    ['docker.io/library/python:3.13-alpine3.22', { family: 'alpine', python: '3.13' }],
    ['public.ecr.aws/amazonlinux/amazonlinux:2023', { family: 'amazonlinux', python: '3.13', hasPython: false }],
    ['registry.example:5000/team/base:7', { family: 'debian', python: '3.13', hasPython: true }],
  ])('%s is known by its name', async (base, known) => {
    expect((await planOf({ 'plimsoll.yaml': `dockerfile: { base: "${base}" }\n` })).dockerfile.base).toMatchObject(known);
  });
});

describe('an image as base', () => {
  test('has a PATH of its own, and dumb-init where Debian would have tini', async () => {
    const plan = await planOf({ 'requirements.txt': undefined, 'app/main.py': httpServer('pass') }, { base: 'python:3.12-slim' });
    expect(plan.recipe).toMatchObject({
      base: { kind: 'registry', reference: 'python:3.12-slim' },
      python: { version: '3.12' },
      packages: ['dumb-init'],
    });
    expect(plan.contract.entrypoint).toEqual(['dumb-init', '--']);
    expect(plan.contract.environment.map(({ name }) => name)).not.toContain('PATH');
    expect(decided(plan, 'base').alternatives.map(({ choice }) => choice)).toEqual(['trixie', 'bookworm']);
    expect(decided(plan, 'layers').choice).toBe('base, accounts, application');
  });

  test('on which no Dockerfile can be written leaves the Dockerfile the official image', async () => {
    for (const base of ['gcr.io/distroless/python3-debian12', 'oci:base'])
      expect((await planOf({}, { base })).dockerfile.base.reference).toBe('python:3.13-slim-trixie');
  });

  const noDebian: Evidence = { from: 'run', what: '/etc/apt', text: 'it names no Debian mirror' };
  test.each([
    [{}, 'python:3.13-slim-trixie'],
    [{ '.python-version': '3.12.4\n' }, 'python:3.12-slim-trixie'],
    [{ 'plimsoll.yaml': 'python: "3.11"\n' }, 'python:3.11-slim-bookworm'],
    [{ 'pyproject.toml': '[project]\nname = "x"\nrequires-python = "<3.13"\n' }, 'python:3.12-slim-trixie'],
    [{ 'plimsoll.yaml': 'base: bookworm\n' }, 'bookworm'],
  ])('is the default where Debian’s packages cannot be had: %j', async (change, choice) => {
    const base = decided(await planOf(change, {}, { noDebian }), 'base');
    expect(base.choice).toBe(choice);
    if (choice !== 'bookworm') expect(cite(base.because[0])).toBe('/etc/apt: it names no Debian mirror');
  });
});

describe('what cannot be decided is refused with a way out', () => {
  const refusal = (change: Readonly<Record<string, string | undefined>>): Promise<UserError> =>
    planOf(change).then(
      () => Promise.reject(new Error('nothing was refused')),
      (error: unknown) => (error instanceof UserError ? error : Promise.reject(error as Error)),
    );

  test('nothing to start', async () => {
    expect((await refusal({ 'app/main.py': '', 'requirements.txt': undefined })).hint).toContain('--entry');
  });

  test('two equally good entry points, both named', async () => {
    const error = await refusal({
      'app/main.py': undefined,
      'one.py': 'from fastapi import FastAPI\napp = FastAPI()\n',
      'two.py': 'from fastapi import FastAPI\napp = FastAPI()\n',
    });
    expect(error.message).toContain('`one:app` (one.py:2)');
    expect(error.message).toContain('`two:app` (two.py:2)');
  });

  test('a Python that no base has, at its place', async () => {
    expect(await refusal({ '.python-version': '3.12\n' })).toMatchObject({ at: { file: '.python-version', line: 1 } });
    const error = await refusal({ 'pyproject.toml': '[project]\nname = "x"\nrequires-python = ">=3.14"\n' });
    expect(error).toMatchObject({ at: { file: 'pyproject.toml', line: 3 } });
    expect(error.hint).toContain('bookworm');
  });

  test.each([
    ['dockerfile: { base: "gcr.io/distroless/python3" }', 'nothing can be installed there'],
    ['dockerfile: { base: "debian:12" }', 'it has no Python'],
    ['dockerfile: { base: "amazonlinux:2" }', 'no Python that is supported'],
    ['dockerfile: { install: wheels, stages: single }', 'needs two stages'],
  ])('%s', async (config, says) => {
    expect((await refusal({ 'plimsoll.yaml': `${config}\n` })).message).toContain(says);
  });

  test('an image whose Python the project rules out', async () => {
    const error = await refusal({
      'pyproject.toml': '[project]\nname = "x"\nversion = "1"\nrequires-python = ">=3.13"\ndependencies = ["fastapi", "uvicorn"]\n',
      'plimsoll.yaml': 'dockerfile: { base: "python:3.12-slim" }\n',
    });
    expect(error.message).toContain('which requires-python ">=3.13" rules out');
  });

  test.each(['{ send: PING }', '{ expect: PONG }', '{ send: PING, expect: PONG, path: /health }'])(
    'a health check by half, or by two ways: %s',
    async (own) => {
      expect((await refusal({ 'plimsoll.yaml': `healthCheck: ${own}\n` })).message).toContain('`send` and `expect` together');
    },
  );

  test('curl, where there is no endpoint to ask', async () => {
    const error = await refusal({
      'app/main.py': SERVICE['app/main.py']!.replace('/health', '/items'),
      'plimsoll.yaml': 'dockerfile: { healthCheck: curl }\n',
    });
    expect(error.hint).toContain('healthCheck: {path: /health}');
  });
});

test.each([
  ['signal.signal(signal.SIGTERM, lambda *_: exit(0))', []],
  ['signal.signal(signal.SIGINT, lambda *_: exit(0))', ['/usr/bin/tini', '--']],
])('a program that serves by itself is process 1 where it handles SIGTERM: %s', async (line, entrypoint) => {
  const { contract } = await planOf({ 'app/main.py': httpServer(line) });
  expect(contract.entrypoint).toEqual(entrypoint);
});

test.each([
  ['==27.0.1', true],
  ['>=25.1', true],
  ['~=25.1.2', true],
  ['==25.*', false],
  // Nothing bounds it from above: the newest is installed.
  ['>=20', true],
  ['', true],
  ['>=20,<24', false],
  ['>=20,!=27.0.1', false],
  ['==23.0.0', false],
  ['<30', false],
])('gunicorn%s makes no control socket where what is installed knows the option: %s', async (specifier, isTold) => {
  const { contract } = await planOf({
    'requirements.txt': `flask==3.1.0\ngunicorn${specifier}\n`,
    'app/main.py': 'from flask import Flask\n\napp = Flask(__name__)\n',
  });
  expect(contract.command).toContain('gunicorn');
  expect(contract.command.includes('--no-control-socket')).toBe(isTold);
});
