import { runProcess } from '../base/node.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Milliseconds for a client to tell a setting. */
const WITHIN_MS = 20_000;

/**
 * The index of pip and uv on this machine: their variables, pip's settings, else what pip itself has when nobody says
 * anything. Undefined where there is no pip either.
 */
export async function pipIndex(env: Environment = process.env): Promise<string | undefined> {
  const named = env['PIP_INDEX_URL'] ?? env['UV_DEFAULT_INDEX']?.replace(/^[\w.-]+=/, '') ?? env['UV_INDEX_URL'];
  if (named !== undefined && named !== '') return named;
  for (const pip of [['pip'], ['pip3'], ['python3', '-m', 'pip']] as const) {
    const settings = await outputOf([...pip, 'config', 'list'], env);
    if (settings === undefined) continue;
    const configured = /^(?:install|global)\.index-url='([^']+)'/m.exec(settings)?.[1];
    // Its manual says what it asks without any setting.
    return configured ?? /\(default\s+(https?:\/\/[^\s)]+)\)/.exec((await outputOf([...pip, 'install', '--help'], env)) ?? '')?.[1];
  }
  return undefined;
}

/** The registry of npm on this machine, by npm's own word. Undefined where there is no npm and no variable names one. */
export async function npmRegistry(env: Environment = process.env): Promise<string | undefined> {
  const named = env['npm_config_registry'] ?? env['NPM_CONFIG_REGISTRY'];
  if (named !== undefined && named !== '') return named;
  const said = (await outputOf(['npm', 'config', 'get', 'registry'], env))?.trim();
  return said !== undefined && /^https?:\/\//.test(said) ? said : undefined;
}

async function outputOf(argv: readonly [string, ...string[]], env: Environment): Promise<string | undefined> {
  try {
    const end = await runProcess({ argv: [...argv], env, timeoutMs: WITHIN_MS });
    return end.code === 0 ? end.stdout : undefined;
  } catch {
    return undefined; // it is not here
  }
}
