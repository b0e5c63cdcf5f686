const SERVERS = new Set(['uvicorn', 'gunicorn', 'hypercorn', 'daphne', 'granian', 'sanic']);
/** Options of those servers that take a value; the others are switches. From their `--help`. */
const SWITCHES = new Set([
  '--reload',
  '--factory',
  '--preload',
  '--proxy-headers',
  '--no-access-log',
  '--use-colors',
  '--no-use-colors',
  '--daemon',
  '-D',
  '--capture-output',
  '--no-server-header',
  '--reuse-port',
  '--statsd',
]);

/** Where the server's own words begin: `python -m uvicorn app:app` and `uvicorn app:app` alike. */
function afterServer(argv: readonly string[]): readonly string[] | undefined {
  const at = argv.findIndex((w) => SERVERS.has(w.slice(w.lastIndexOf('/') + 1)));
  return at < 0 ? undefined : argv.slice(at + 1);
}

const isPython = (word: string | undefined): boolean =>
  word !== undefined && /^python(3(\.\d+)?)?$/.test(word.slice(word.lastIndexOf('/') + 1));

/** What a start command starts, as `--entry` takes it: `app.main:app`, `server.py`, `-m package`. */
export function commandTarget(argv: readonly string[]): string | undefined {
  const words = afterServer(argv);
  if (words) {
    const plain = positionals(words);
    return plain.find((w) => w.includes(':')) ?? plain[0];
  }
  const celery = argv.some((w) => w === 'celery') ? optionOf(argv, '-A', '--app') : undefined;
  if (celery !== undefined) return celery;
  const page = argv.indexOf('streamlit');
  if (page >= 0 && argv[page + 1] === 'run') return argv.slice(page + 2).find((w) => w.endsWith('.py'));
  const at = argv.findIndex(isPython);
  if (at < 0) return undefined;
  const rest = argv.slice(at + 1).filter((w) => w !== '-u' && w !== '-O' && w !== '-OO');
  if (rest[0] === '-m' && rest[1] !== undefined) return `-m ${rest[1]}`;
  return rest.find((w) => w.endsWith('.py'));
}

function positionals(words: readonly string[]): readonly string[] {
  const out: string[] = [];
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? '';
    if (!word.startsWith('-')) out.push(word);
    else if (!word.includes('=') && !SWITCHES.has(word)) i += 1;
  }
  return out;
}

/** The value of the last of these options. */
function optionOf(argv: readonly string[], ...names: readonly string[]): string | undefined {
  let found: string | undefined;
  argv.forEach((word, i) => {
    for (const name of names) {
      if (word === name) found = argv[i + 1];
      else if (word.startsWith(`${name}=`)) found = word.slice(name.length + 1);
      else if (name.length === 2 && word.startsWith(name) && /^[\d:$]/.test(word.slice(2))) found = word.slice(2);
    }
  });
  return found;
}

/** The port that a start command names: a number, a variable, or `${PORT:-8000}` with both. */
export function commandPort(argv: readonly string[]): { readonly port?: number; readonly variable?: string } | undefined {
  const words = afterServer(argv);
  const value = words ? (optionOf(words, '--port', '-p') ?? optionOf(words, '--bind', '-b')) : optionOf(argv, '--port', '-p');
  if (value === undefined) return commandRunserver(argv);
  return portIn(value);
}

function commandRunserver(argv: readonly string[]): { readonly port?: number; readonly variable?: string } | undefined {
  const at = argv.indexOf('runserver');
  const value = at < 0 ? undefined : argv[at + 1];
  return value === undefined ? undefined : portIn(value);
}

/** `8000`, `0.0.0.0:8000`, `[::]:8000`, `:$PORT`, `${PORT:-8000}`. */
export function portIn(value: string): { readonly port?: number; readonly variable?: string } | undefined {
  const found = /(?:^|:)(?:(\d{1,5})|\$(\w+)|\$\{(\w+)(?::?-(\d{1,5}))?\})$/.exec(value);
  if (!found) return undefined;
  const [, plain, bare, braced, fallback] = found;
  const port = Number(plain ?? fallback ?? Number.NaN);
  const variable = bare ?? braced;
  return { ...(Number.isNaN(port) ? {} : { port }), ...(variable === undefined ? {} : { variable }) };
}
