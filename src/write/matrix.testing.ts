import { memoryFiles } from '../base/index.ts';
import { configSchema, type Config } from '../config/index.ts';
import { makePlan, type Plan } from '../plan/index.ts';
import { readService } from '../service/index.ts';

const APPLICATION = [
  'import os',
  'from flask import Flask',
  '',
  'app = Flask(__name__)',
  '',
  '',
  '@app.get("/health")',
  'def health():',
  '    return {}',
  '',
].join('\n');
const PROJECT = '[project]\nname = "orders"\nversion = "1.0.0"\nrequires-python = ">=3.11"\ndependencies = ["flask", "gunicorn"]\n';

/** A service that is translated, and makes a part of itself: what it requires has dummies then. */
const MADE: Readonly<Record<string, string>> = {
  'requirements.txt': 'flask==3.1.0\ngunicorn==23.0.0\n',
  'app.py': `${APPLICATION}\n\nDATABASE_URL = os.environ["DATABASE_URL"]\nGREETING = os.environ["GREETING"]\n`,
  '.env.example': "GREETING=it's $5 today\n",
  'locale/de/LC_MESSAGES/orders.po': 'msgid "a"\nmsgstr "b"\n',
  'more words/locale/fr/LC_MESSAGES/orders.po': 'msgid "a"\nmsgstr "b"\n',
};

/** Services that differ in what their dependencies are read from. */
const SERVICES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  requirements: { 'requirements.txt': 'flask==3.1.0\ngunicorn==23.0.0\n' },
  pyproject: { 'pyproject.toml': PROJECT },
  uv: {
    'pyproject.toml': PROJECT,
    'uv.lock':
      'version = 1\nrequires-python = ">=3.11"\n\n[[package]]\nname = "flask"\nversion = "3.1.0"\n\n[[package]]\nname = "gunicorn"\nversion = "23.0.0"\n\n[[package]]\nname = "orders"\nversion = "1.0.0"\nsource = { virtual = "." }\ndependencies = [{ name = "flask" }, { name = "gunicorn" }]\n',
  },
};
const AMAZON = `public.ecr.aws/amazonlinux/amazonlinux:2023@sha256:${'0'.repeat(64)}`;
const BASES = ['python:3.12-slim', 'python:3.12.10-slim', 'python:3.11-alpine', 'python:3.11.6-slim', AMAZON];
type Dockerfile = NonNullable<Config['dockerfile']>;

/** Each base × install × stages × health check × PID 1, and with packages that must be compiled. */
function* configs(): Generator<{ readonly name: string; readonly config: unknown }> {
  for (const base of BASES)
    for (const install of ['venv', 'wheels'] satisfies Dockerfile['install'][])
      for (const stages of ['multi', 'single'] satisfies Dockerfile['stages'][])
        for (const healthCheck of ['python', 'curl', 'none'] satisfies Dockerfile['healthCheck'][])
          for (const pid1 of ['server', 'tini', 'dumb-init']) {
            if (install === 'wheels' && stages === 'single') continue;
            const config = { python: '3.11', pid1, dockerfile: { base, install, stages, healthCheck } };
            yield { name: `${base} ${install} ${stages} ${healthCheck} ${pid1}`, config };
          }
  for (const base of BASES)
    for (const install of ['venv', 'wheels'])
      yield { name: `${base} ${install} uwsgi`, config: { python: '3.11', server: 'uwsgi', dockerfile: { base, install } } };
}

/** Each base × stages, of the service that makes a part of itself. */
function* makingConfigs(): Generator<{ readonly name: string; readonly config: unknown }> {
  for (const base of BASES)
    for (const stages of ['multi', 'single'] satisfies Dockerfile['stages'][]) {
      const steps = ['python make.py', { run: ['./render.sh', 'a b'], env: { MODE: 'all of it' } }];
      yield { name: `made ${base} ${stages}`, config: { python: '3.11', build: { steps }, dockerfile: { base, stages } } };
    }
}

export interface Written {
  readonly name: string;
  readonly plan: Plan;
}

/** The plans of all combinations, each of one of the services in turn. uWSGI only where no lock decides what is installed. */
export async function matrix(): Promise<readonly Written[]> {
  const services = await Promise.all(
    Object.entries(SERVICES).map(async ([from, files]) => {
      const service = await readService(memoryFiles({ ...files, 'app.py': APPLICATION }), { folderName: 'orders' });
      return { from, service };
    }),
  );
  const making = await readService(memoryFiles(MADE), { folderName: 'orders' });
  const made = [...makingConfigs()].map(({ name, config }) => ({ name, plan: makePlan(making, configSchema.parse(config)) }));
  const plain = [...configs()].flatMap(({ name, config }, i) => {
    // Shifted by one for each health check, so that a service meets every PID 1.
    const at = name.endsWith('uwsgi') ? 0 : (i + Math.floor(i / 3)) % services.length;
    return services
      .slice(at, at + 1)
      .map(({ from, service }) => ({ name: `${from} ${name}`, plan: makePlan(service, configSchema.parse(config)) }));
  });
  return [...plain, ...made];
}
