import { join } from 'node:path';
import { expect, test } from 'vitest';
import { memoryFiles, type Files } from '../base/index.ts';
import { diskFiles } from '../base/node.ts';
import { readService, type Service } from './index.ts';
import { decodeText } from './text.ts';

const ROOT = join(import.meta.dirname, '..', '..', 'fixtures');

/** A fixture's files in memory, with one text of one file replaced. */
async function edited(fixture: string, file: string, from: string, to: string): Promise<Files> {
  const disk = await diskFiles(join(ROOT, `python-${fixture}`, 'service'));
  const contents: Record<string, string> = {};
  for (const entry of await disk.list()) if (entry.type === 'file') contents[entry.path] = decodeText(await disk.read(entry.path)) ?? '';
  const text = contents[file];
  if (text === undefined || !text.includes(from)) throw new Error(`${file} of ${fixture} does not hold ${from}`);
  return memoryFiles({ ...contents, [file]: text.replace(from, to) });
}

interface Case {
  readonly claim: string;
  readonly fixture: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** The fact as JSON can hold it. */
  readonly fact: (s: Service) => unknown;
  readonly before: unknown;
  readonly after: unknown;
}

const variable = (name: string) => (s: Service) => {
  const found = s.environment.find((v) => v.name === name);
  return (
    found && [
      found.when,
      found.required,
      found.default,
      found.because.flatMap((e) => (e.from === 'file' ? [`${e.file}:${e.range.start.line} ${e.text}`] : []))[0],
    ]
  );
};
const cited = (fact: { readonly value: unknown; readonly because: readonly unknown[] } | undefined) => {
  const first = fact?.because[0] as { file: string; range: { start: { line: number } }; text: string } | undefined;
  return fact && [fact.value, `${first?.file}:${first?.range.start.line} ${first?.text}`];
};

const cases: readonly Case[] = [
  {
    claim: 'the licence is what pyproject.toml names',
    fixture: 'hatch',
    file: 'pyproject.toml',
    from: '[project]\n',
    to: '[project]\nlicense = "MIT OR Apache-2.0"\n',
    fact: (s) => cited(s.licence),
    before: undefined,
    after: ['MIT OR Apache-2.0', 'pyproject.toml:6 license = "MIT OR Apache-2.0"'],
  },
  {
    claim: 'a licence as a table names none: it may be a whole text',
    fixture: 'hatch',
    file: 'pyproject.toml',
    from: '[project]\n',
    to: '[project]\nlicense = { file = "LICENSE" }\n',
    fact: (s) => cited(s.licence),
    before: undefined,
    after: undefined,
  },
  {
    claim: 'where the source lies is found under any of its well-known labels',
    fixture: 'hatch',
    file: 'pyproject.toml',
    from: '[project]\n',
    to: '[project.urls]\nHomepage = "https://app.example"\n"Source Code" = "https://git.example/team/app"\n\n[project]\n',
    fact: (s) => cited(s.source),
    before: undefined,
    after: ['https://git.example/team/app', 'pyproject.toml:7 "Source Code" = "https://git.example/team/app"'],
  },
  {
    claim: "Poetry's own tables name licence and repository",
    fixture: 'poetry-groups',
    file: 'pyproject.toml',
    from: '[tool.poetry]\n',
    to: '[tool.poetry]\nlicense = "MIT"\nrepository = "https://git.example/team/app"\n',
    fact: (s) => [s.licence?.value, s.source?.value],
    before: [undefined, undefined],
    after: ['MIT', 'https://git.example/team/app'],
  },
  {
    claim: "the port follows the source's default",
    fixture: 'tcp',
    file: 'server.py',
    from: '"7000"',
    to: '"9000"',
    fact: (s) => s.port?.value,
    before: { port: 7000, variable: 'PORT' },
    after: { port: 9000, variable: 'PORT' },
  },
  {
    claim: 'the port follows the Procfile',
    fixture: 'runtime-txt',
    file: 'Procfile',
    from: '$PORT',
    to: '4000',
    fact: (s) => [s.port?.value, s.start?.value.at(3)],
    before: [{ port: 8000, variable: 'PORT' }, '0.0.0.0:$PORT'],
    after: [{ port: 4000 }, '0.0.0.0:4000'],
  },
  {
    claim: "the port follows what is given to the service's own reader of a number",
    fixture: 'environment-helpers',
    file: 'shop/settings.py',
    from: '"PORT", 5000',
    to: '"LISTEN", 6000',
    fact: (s) => s.port?.value,
    before: { port: 5000, variable: 'PORT' },
    after: { port: 6000, variable: 'LISTEN' },
  },
  {
    claim: "the port follows the default of the service's own reader",
    fixture: 'environment-helpers',
    file: 'shop/settings.py',
    from: 'number("PORT", 5000)',
    to: 'Read.zone("PORT", default=7000)',
    fact: (s) => s.port?.value,
    before: { port: 5000, variable: 'PORT' },
    after: { port: 7000, variable: 'PORT' },
  },
  {
    claim: "the port follows gunicorn's settings",
    fixture: 'gunicorn-conf',
    file: 'gunicorn.conf.py',
    from: "'8500'",
    to: "'8600'",
    fact: (s) => s.port?.value.port,
    before: 8500,
    after: 8600,
  },
  {
    claim: 'requires-python follows pyproject.toml, not the lock',
    fixture: 'uv-lock',
    file: 'pyproject.toml',
    from: '>=3.11,<3.14',
    to: '>=3.13',
    fact: (s) => cited(s.python.requires),
    before: ['>=3.11,<3.14', 'pyproject.toml:5 requires-python = ">=3.11,<3.14"'],
    after: ['>=3.13', 'pyproject.toml:5 requires-python = ">=3.13"'],
  },
  {
    claim: "poetry's caret becomes a specifier set",
    fixture: 'poetry-lock',
    file: 'pyproject.toml',
    from: 'python = "^3.11"',
    to: 'python = "~3.12"',
    fact: (s) => cited(s.python.requires),
    before: ['>=3.11,<4.0', 'pyproject.toml:9 python = "^3.11"'],
    after: ['>=3.12,<3.13', 'pyproject.toml:9 python = "~3.12"'],
  },
  {
    claim: 'the interpreter follows .python-version',
    fixture: 'version-file',
    file: '.python-version',
    from: '3.11.9',
    to: '# ours\n3.13',
    fact: (s) => cited(s.python.version),
    before: ['3.11.9', '.python-version:1 3.11.9'],
    after: ['3.13', '.python-version:2 3.13'],
  },
  {
    claim: 'the interpreter follows runtime.txt',
    fixture: 'runtime-txt',
    file: 'runtime.txt',
    from: 'python-3.11.9',
    to: 'python-3.13.1',
    fact: (s) => s.python.version?.value,
    before: '3.11.9',
    after: '3.13.1',
  },
  {
    claim: 'the interpreter follows .tool-versions',
    fixture: 'tool-versions',
    file: '.tool-versions',
    from: 'python 3.13.1 ',
    to: 'python ',
    fact: (s) => s.python.version?.value,
    before: '3.13.1',
    after: '3.12.8',
  },
  {
    claim: "the interpreter follows the tools' settings",
    fixture: 'tool-settings',
    file: 'pyproject.toml',
    from: 'python_version = "3.11"',
    to: 'strict_bytes = true',
    fact: (s) => cited(s.python.version),
    before: ['3.11', 'pyproject.toml:6 python_version = "3.11"'],
    after: ['3.11', 'pyproject.toml:3 target-version = "py311"'],
  },
  {
    claim: 'a requirement follows its line',
    fixture: 'requirements-nested',
    file: 'requirements/database.txt',
    from: '==3.2.3',
    to: '>=3.2',
    fact: (s) => [
      s.python.dependencies?.value.kind === 'requirements' && s.python.dependencies.value.pinned,
      s.python.requirements.find((r) => r.value.name === 'psycopg')?.value.specifier,
    ],
    before: [true, '==3.2.3'],
    after: [false, '>=3.2'],
  },
  {
    claim: 'one requirement without a hash and the file is not hashed',
    fixture: 'requirements-hashes',
    file: 'requirements.txt',
    from: '# via flask\n',
    to: '# via flask\nsix==1.17.0\n',
    fact: (s) => s.python.dependencies?.value.kind === 'requirements' && s.python.dependencies.value.hashed,
    before: true,
    after: false,
  },
  {
    claim: 'a health path follows its route',
    fixture: 'fastapi',
    file: 'app/main.py',
    from: '"/health"',
    to: '"/internal/readyz"',
    fact: (s) => s.routes.filter((r) => r.health).map((r) => [r.path, r.health]),
    before: [['/health', 'health']],
    after: [['/internal/readyz', 'ready']],
  },
  {
    claim: "a router's prefix is part of its paths",
    fixture: 'fastapi',
    file: 'app/main.py',
    from: 'prefix="/api"',
    to: 'prefix="/v2"',
    fact: (s) => s.routes.map((r) => r.path),
    before: ['/api/notes', '/api/notes/{note_id}', '/health', '/slow'],
    after: ['/health', '/slow', '/v2/notes', '/v2/notes/{note_id}'],
  },
  {
    claim: 'a body that is no longer taken is no longer read',
    fixture: 'fastapi',
    file: 'app/routers/notes.py',
    from: 'note: Note, ',
    to: '',
    fact: (s) => s.routes.find((r) => r.method === 'POST')?.readsBody,
    before: true,
    after: false,
  },
  {
    claim: 'a required variable with a default is optional',
    fixture: 'flask-factory-only',
    file: 'hello.py',
    from: 'os.environ["SESSION_SECRET"]',
    to: 'os.environ.get("SESSION_SECRET", "dev")',
    fact: variable('SESSION_SECRET'),
    before: ['start', true, undefined, 'hello.py:8 os.environ["SESSION_SECRET"]'],
    after: ['start', false, 'dev', 'hello.py:8 os.environ.get("SESSION_SECRET", "dev")'],
  },
  {
    claim: 'a value after `or` is the default',
    fixture: 'flask-factory-only',
    file: 'hello.py',
    from: 'os.environ["SESSION_SECRET"]',
    to: 'os.environ.get("SESSION_SECRET") or "dev"',
    fact: variable('SESSION_SECRET'),
    before: ['start', true, undefined, 'hello.py:8 os.environ["SESSION_SECRET"]'],
    after: ['start', false, 'dev', 'hello.py:8 os.environ.get("SESSION_SECRET")'],
  },
  {
    claim: 'the last value after `or` is the default where the others are none',
    fixture: 'flask-factory-only',
    file: 'hello.py',
    from: 'os.environ["SESSION_SECRET"]',
    to: 'os.environ.get("SESSION_SECRET", "") or os.environ.get("OTHER") or "dev"',
    fact: variable('SESSION_SECRET'),
    before: ['start', true, undefined, 'hello.py:8 os.environ["SESSION_SECRET"]'],
    after: ['start', false, 'dev', 'hello.py:8 os.environ.get("SESSION_SECRET", "")'],
  },
  {
    claim: 'without its check by hand a variable is optional',
    fixture: 'django',
    file: 'shop/settings.py',
    from: 'if not SECRET_KEY:\n    sys.exit',
    to: 'if not SECRET_KEY:\n    print',
    fact: variable('DJANGO_SECRET_KEY'),
    before: ['import', true, undefined, 'shop/settings.py:7 os.environ.get("DJANGO_SECRET_KEY")'],
    after: ['import', false, undefined, 'shop/settings.py:7 os.environ.get("DJANGO_SECRET_KEY")'],
  },
  {
    claim: 'a read behind a switch is required once the switch is on by default',
    fixture: 'required-by-hand',
    file: 'config.py',
    from: '"TRACING", "off"',
    to: '"TRACING", "on"',
    fact: variable('TRACE_TOKEN'),
    before: ['import', false, undefined, 'config.py:37 environ["TRACE_TOKEN"]'],
    after: ['import', true, undefined, 'config.py:37 environ["TRACE_TOKEN"]'],
  },
  {
    claim: 'a settings field with a default is optional',
    fixture: 'pydantic-settings',
    file: 'app/settings.py',
    from: 'signing: SecretStr',
    to: 'signing: SecretStr = "unsafe"',
    fact: variable('SHOP_SIGNING'),
    before: ['import', true, undefined, 'app/settings.py:17 signing: SecretStr'],
    after: ['import', false, 'unsafe', 'app/settings.py:17 signing: SecretStr = "unsafe"'],
  },
  {
    claim: "a settings class's prefix is part of its variables",
    fixture: 'pydantic-settings',
    file: 'app/settings.py',
    from: 'env_prefix="SHOP_"',
    to: 'env_prefix="store_"',
    fact: (s) => s.environment.map((v) => v.name).filter((n) => n.endsWith('_DEBUG')),
    before: ['SHOP_DEBUG'],
    after: ['STORE_DEBUG'],
  },
  {
    claim: 'a read that moves into the start-up hook moves to the start',
    fixture: 'compose-env',
    file: 'main.py',
    from: 'API_KEY = os.environ["API_KEY"]\napp = FastAPI()',
    to: 'app = FastAPI()\n\n\n@app.on_event("startup")\ndef check():\n    os.environ["API_KEY"]',
    fact: variable('API_KEY'),
    before: ['import', true, undefined, 'main.py:5 os.environ["API_KEY"]'],
    after: ['start', true, undefined, 'main.py:10 os.environ["API_KEY"]'],
  },
  {
    claim: 'a companion that is always used is not optional',
    fixture: 'companions',
    file: 'main.py',
    from: ' if REDIS_URL else None',
    to: '',
    fact: (s) => s.companions.find((c) => c.value.kind === 'redis')?.value.optional,
    before: true,
    after: false,
  },
  {
    claim: 'a write path follows its constant in another module',
    fixture: 'writes',
    file: 'paths.py',
    from: '"cache"',
    to: '"scratch"',
    fact: (s) => s.writes.map((w) => w.value).filter((p) => !p.startsWith('/')),
    before: ['cache', 'state.json'],
    after: ['scratch', 'state.json'],
  },
  {
    claim: 'without its child process the service forks no more',
    fixture: 'forks',
    file: 'thumbs/app.py',
    from: 'asyncio.create_subprocess_exec',
    to: 'asyncio.sleep',
    fact: (s) => s.forks?.value,
    before: true,
    after: undefined,
  },
  {
    claim: 'a program is known by its name, not by its place',
    fixture: 'forks',
    file: 'thumbs/app.py',
    from: '"convert"',
    to: '"/usr/bin/identify"',
    fact: (s) => s.programs?.map((p) => p.value),
    before: ['convert'],
    after: ['identify'],
  },
  {
    claim: 'a library that the source loads is known by its soname',
    fixture: 'magic',
    file: 'app.py',
    from: 'import magic\n',
    to: 'import ctypes\nlibrary = ctypes.CDLL("libmagic.so.1")\n',
    fact: (s) => s.libraries?.map((l) => l.value),
    before: undefined,
    after: [{ name: 'libmagic.so.1', finds: false, unguarded: true }],
  },
  {
    claim: 'an import out of its try is unguarded',
    fixture: 'guarded-imports',
    file: 'app/main.py',
    from: 'try:\n    import orjson as fast\nexcept ImportError:\n    fast = json',
    to: 'import orjson as fast',
    fact: (s) => s.imports.filter((i) => i.module === 'orjson').map((i) => i.unguarded),
    before: [false],
    after: [true],
  },
  {
    claim: 'a factory that takes a required argument is none',
    fixture: 'flask-factory-only',
    file: 'hello.py',
    from: 'create_app()',
    to: 'create_app(config)',
    fact: (s) => s.applications.length,
    before: 1,
    after: 0,
  },
];

test.each(cases)('$claim', async ({ fixture, file, from, to, fact, before, after }) => {
  const read = async (files: Files) => fact(await readService(files, { folderName: fixture }));
  expect(await read(await edited(fixture, file, from, from))).toEqual(before);
  expect(await read(await edited(fixture, file, from, to))).toEqual(after);
});
