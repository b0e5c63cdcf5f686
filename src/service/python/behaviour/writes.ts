import { certain, likely, type Fact } from '../../../base/index.ts';
import { reader } from '../../reader.ts';
import type { Running } from '../running.ts';
import { evaluate } from '../source/constant.ts';
import type { Known } from '../source/known.ts';
import { argument, type Call, type Expression } from '../source/tree.ts';
import { callsOf, sitesOf, type CallSite } from '../source/walk.ts';

export const writes = reader({
  id: 'python/behaviour/writes',
  about: 'Paths that the source writes to, as far as literals, constants and defaults give them.',
  source: 'Python documentation, open, pathlib, os, tempfile, sqlite3, logging.handlers',
  reads: ['**/*.py'],
  read(running: Running): readonly Fact<string>[] {
    const { modules, phases } = running;
    const called = modules.flatMap((m) =>
      callsOf(m)
        .filter((s) => phases.of(s) !== 'never')
        .flatMap((site) => writtenBy(site, running)),
    );
    const found = [...called, ...modules.flatMap((m) => databaseSettings(m, running))];
    const distinct = new Map<string, Fact<string>>();
    for (const fact of found) if (!distinct.has(fact.value)) distinct.set(fact.value, fact);
    return [...distinct.values()].toSorted((a, b) => (a.value < b.value ? -1 : 1));
  },
});

/** Functions by full name, with the index and keyword of the path that they write. */
const FUNCTIONS: Readonly<Record<string, readonly [index: number, keyword: string]>> = {
  'os.makedirs': [0, 'name'],
  'os.mkdir': [0, 'path'],
  'os.mkfifo': [0, 'path'],
  'sqlite3.connect': [0, 'database'],
  'aiosqlite.connect': [0, 'database'],
  'shelve.open': [0, 'filename'],
  'shutil.copy': [1, 'dst'],
  'shutil.copyfile': [1, 'dst'],
  'shutil.move': [1, 'dst'],
  'logging.FileHandler': [0, 'filename'],
  'logging.handlers.RotatingFileHandler': [0, 'filename'],
  'logging.handlers.TimedRotatingFileHandler': [0, 'filename'],
  'logging.handlers.WatchedFileHandler': [0, 'filename'],
};
const TEMPORARY = new Set(
  ['NamedTemporaryFile', 'TemporaryFile', 'TemporaryDirectory', 'SpooledTemporaryFile', 'mkstemp', 'mkdtemp'].map((n) => `tempfile.${n}`),
);
const PATH_METHODS = new Set(['write_text', 'write_bytes', 'mkdir', 'touch']);
const OPENERS = new Set(['open', 'io.open', 'gzip.open', 'codecs.open', 'aiofiles.open']);

function writtenBy(site: CallSite, running: Running): readonly Fact<string>[] {
  const { call, module } = site;
  const name = running.program.qualify(call.callee, module) ?? '';
  const rule = FUNCTIONS[name];
  if (rule) return pathFact(argument(call, rule[1], rule[0]), site, running);
  // Where `tempfile` writes unless TMPDIR says otherwise: Python documentation, tempfile.gettempdir.
  if (TEMPORARY.has(name))
    return argument(call, 'dir') ? pathFact(argument(call, 'dir'), site, running) : [likely('/tmp', module.file.at(call))];
  if (OPENERS.has(name)) return writesIn(argument(call, 'mode', 1)) ? pathFact(argument(call, 'file', 0), site, running) : [];
  if (name === 'logging.basicConfig') return pathFact(argument(call, 'filename'), site, running);
  if (name.endsWith('create_engine') || name.endsWith('create_async_engine')) return pathFact(argument(call, 'url', 0), site, running);
  if (call.callee.kind !== 'attribute') return [];
  if (PATH_METHODS.has(call.callee.name)) return pathFact(call.callee.object, site, running);
  if (call.callee.name === 'open' && writesIn(argument(call, 'mode', 0))) return pathFact(call.callee.object, site, running);
  return call.callee.name === 'save' ? savedUpload(call, site, running) : [];
}

/** Flask: `file.save('/data/x')`. */
const savedUpload = (call: Call, site: CallSite, running: Running): readonly Fact<string>[] =>
  call.args.length === 1 ? pathFact(call.args[0]?.value, site, running) : [];

const writesIn = (mode: Expression | undefined): boolean => mode?.kind === 'string' && /[wax+]/.test(mode.value);

function pathFact(e: Expression | undefined, site: CallSite, running: Running): readonly Fact<string>[] {
  const known = e && evaluate(e, { module: site.module, program: running.program, functions: site.functions });
  const path = known && writtenPath(known);
  if (path === undefined || known === undefined) return [];
  const call = site.module.file.at(site.call);
  const written = known.at.module.file.at(known.at);
  const elsewhere = known.at.module !== site.module || known.at.from < site.call.from || known.at.to > site.call.to;
  return [
    known.variable === undefined
      ? certain(path, call, ...(elsewhere ? [written] : []))
      : likely(path, call, ...(elsewhere ? [written] : [])),
  ];
}

/** A path on disk: a plain one, or a SQLite URL's. `:memory:` and other URLs are none. */
function writtenPath({ value }: Known): string | undefined {
  if (typeof value !== 'string' || value === '' || value === ':memory:') return undefined;
  const sqlite = /^sqlite(?:\+\w+)?:\/\/\/(.+)$/.exec(value)?.[1];
  const path = sqlite ?? value;
  if (path.includes('://') || path.startsWith(':memory:') || path.startsWith('sqlite:')) return undefined;
  return path;
}

/** Django's `DATABASES` with SQLite, `MEDIA_ROOT`, Flask-SQLAlchemy's URI, logging's `filename` in a dictionary. */
function databaseSettings(module: Running['modules'][number], running: Running): readonly Fact<string>[] {
  const names = new Set(['MEDIA_ROOT', 'SQLALCHEMY_DATABASE_URI', 'UPLOAD_FOLDER']);
  return sitesOf(module).flatMap((site) => {
    const s = site.statement;
    if (s.kind !== 'assign' || !s.value) return [];
    const value = s.value;
    const named = s.targets.some(
      (t) =>
        (t.kind === 'name' && names.has(t.name)) ||
        (t.kind === 'subscript' && t.index[0]?.kind === 'string' && names.has(t.index[0].value)),
    );
    const wanted = named
      ? [value]
      : s.targets.some((t) => t.kind === 'name' && t.name === 'DATABASES') && running.framework === 'django'
        ? sqliteNames(value)
        : [];
    return wanted.flatMap((e) => {
      const known = evaluate(e, { module, program: running.program, functions: site.functions });
      const path =
        known &&
        (named && s.targets[0]?.kind === 'name' && s.targets[0].name === 'MEDIA_ROOT'
          ? String(known.value ?? '') || undefined
          : writtenPath(known));
      return path === undefined ? [] : [likely(path, module.file.at(named ? s : e))];
    });
  });
}

function sqliteNames(e: Expression): readonly Expression[] {
  if (e.kind !== 'dictionary') return [];
  const entry = (key: string): Expression | undefined => e.entries.find((x) => x.key?.kind === 'string' && x.key.value === key)?.value;
  const engine = entry('ENGINE');
  const name = entry('NAME');
  if (engine?.kind === 'string' && engine.value.endsWith('sqlite3') && name) return [name];
  return e.entries.flatMap((x) => sqliteNames(x.value));
}
