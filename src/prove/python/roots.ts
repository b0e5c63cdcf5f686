import type { ImageTree } from '../../image/index.ts';
import { findProgram, within, type Surroundings } from '../start/executable.ts';
import { isPython, type Launch } from '../start/launch.ts';
import { shebangOf } from '../start/executable.ts';
import type { Root } from './import-graph.ts';

/** Where a start command's Python code begins. */
export interface PythonStart {
  /** The interpreter's path before links are followed, without a leading `/`. */
  readonly interpreter: string;
  readonly roots: readonly Root[];
  /** Folders that come first on the module path. */
  readonly path: readonly string[];
}

/** Servers that import an application named on their command line, and put the working folder on the path. */
const SERVERS = new Set([
  'uvicorn',
  'gunicorn',
  'hypercorn',
  'daphne',
  'granian',
  'waitress',
  'waitress-serve',
  'flask',
  'celery',
  'fastapi',
]);
/** Options of those servers that name the folder to import from. */
const FOLDER_OPTIONS = ['--app-dir', '--chdir', '--working-dir', '--pythonpath'];

/** Reads where the Python code of a start command begins; undefined when it starts no Python. */
export async function pythonStart(launch: Launch, around: Surroundings): Promise<PythonStart | undefined> {
  const program = launch.programs.at(-1);
  if (program === undefined || launch.shell !== undefined) return undefined;
  const found = findProgram(program, around);
  if (!found.ok) return undefined;
  const path = pythonPath(around);
  if (isPython(program) || isPython(found.path)) return fromInterpreter(launch, found.written, path, around);

  const shebang = shebangOf((await around.tree.read(found.path)).subarray(0, 256));
  const named = shebang?.[0]?.endsWith('/env') ? shebang[1] : shebang?.[0];
  const interpreter = named === undefined ? undefined : findProgram(named, around);
  if (!interpreter?.ok || !(isPython(interpreter.written) || isPython(interpreter.path))) return undefined;
  const script: Root = { kind: 'script', file: found.path, because: 'the start command' };
  const folder = found.path.slice(0, found.path.lastIndexOf('/'));
  return withServer(
    found.path.slice(found.path.lastIndexOf('/') + 1),
    launch.args,
    { interpreter: interpreter.written, roots: [script], path: [folder, ...path] },
    around,
  );
}

function fromInterpreter({ python, args }: Launch, interpreter: string, path: readonly string[], around: Surroundings): PythonStart {
  const here = within('', around.workingDir);
  switch (python?.kind) {
    case 'module':
      return withServer(
        python.module,
        args,
        {
          interpreter,
          roots: [{ kind: 'module', module: python.module, started: true, because: 'the start command' }],
          path: [here, ...path],
        },
        around,
      );
    case 'script': {
      const file = realFile(around.tree, within(around.workingDir, python.file));
      if (file === undefined) return { interpreter, roots: [], path };
      return withServer(
        python.file.slice(python.file.lastIndexOf('/') + 1),
        args,
        {
          interpreter,
          roots: [{ kind: 'script', file, because: 'the start command' }],
          path: [file.slice(0, file.lastIndexOf('/')), ...path],
        },
        around,
      );
    }
    default:
      return { interpreter, roots: [], path: [here, ...path] };
  }
}

/** A script, or a folder with `__main__.py`. */
function realFile(tree: ImageTree, path: string): string | undefined {
  const real = tree.resolve(path);
  return real !== undefined && tree.entries.get(real)?.record.type === 'directory' ? tree.resolve(`${real}/__main__.py`) : real;
}

function withServer(name: string, args: readonly string[], start: PythonStart, around: Surroundings): PythonStart {
  if (!SERVERS.has(name)) return start;
  const folders = FOLDER_OPTIONS.flatMap((option) => valueOf(args, option) ?? []).map((it) => within(around.workingDir, it));
  const roots = targetsOf(args, around).map((module): Root => ({
    kind: 'module',
    module,
    started: false,
    because: `${name}'s command line`,
  }));
  return { ...start, roots: [...start.roots, ...roots], path: [...folders, within('', around.workingDir), ...start.path] };
}

function valueOf(args: readonly string[], option: string): string | undefined {
  const at = args.indexOf(option);
  return at >= 0 ? args[at + 1] : args.find((it) => it.startsWith(`${option}=`))?.slice(option.length + 1);
}

/** Modules that a server's arguments name: `app.main:app`, `--app app`, a worker class, gunicorn's last word. */
function targetsOf(args: readonly string[], { environment }: Surroundings): string[] {
  const found: string[] = [];
  for (const [index, word] of args.entries()) {
    const [, module] = /^([A-Za-z_][\w.]*):[A-Za-z_][\w.]*(?:\(.*\))?$/.exec(word) ?? [];
    if (module !== undefined && !['python', 'file', 'egg', 'unix', 'fd'].includes(module)) found.push(module);
    else if (
      index === args.length - 1 &&
      /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(word) &&
      !(args[index - 1] ?? '').startsWith('-') &&
      word.includes('.')
    )
      found.push(word);
  }
  const named = [valueOf(args, '--app') ?? valueOf(args, '-A') ?? environment['FLASK_APP']].flatMap((it) => it?.split(':')[0] ?? []);
  const worker = valueOf(args, '-k') ?? valueOf(args, '--worker-class');
  if (worker !== undefined && /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$/.test(worker)) found.push(worker.slice(0, worker.lastIndexOf('.')));
  return [...new Set([...found, ...named.filter((it) => /^[A-Za-z_][\w.]*$/.test(it))])].map((it) => it.replace(/\.py$/, ''));
}

const pythonPath = ({ environment, workingDir }: Surroundings): string[] =>
  (environment['PYTHONPATH'] ?? '')
    .split(':')
    .filter(Boolean)
    .map((it) => within(workingDir, it));
