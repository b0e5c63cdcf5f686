import { EnvironmentError, type Progress } from '../base/index.ts';
import { findOnPath, runProcess, type Store } from '../base/node.ts';

/** The version whose image compose.yaml names. */
const VERSION = '5.2.2';
const MOTO = `moto[server]==${VERSION}`;

/** How moto is started, and what to do where it cannot be. */
export interface Moto {
  readonly argv: readonly string[];
  /** The folder that it was installed to. */
  readonly reads?: readonly string[];
  readonly install: string;
}

const BY_HAND = 'install `moto[server]`, so that `moto_server` is on the PATH';

/** moto's server: the program on the PATH, else moto in the store, where uv or pip installs it once. */
export async function findMoto(store: Store, progress: Progress): Promise<Moto> {
  const python = await findOnPath('python3');
  if ((await findOnPath('moto_server')) !== undefined || python === undefined) return { argv: ['moto_server'], install: BY_HAND };
  try {
    const folder = await motoFolder(store, python, progress);
    const code = `import sys; sys.path.insert(0, ${JSON.stringify(folder)}); from moto.server import main; main()`;
    return { argv: ['python3', '-c', code], reads: [folder], install: BY_HAND };
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return { argv: ['moto_server'], install: `${BY_HAND}: ${error.message}` };
  }
}

/** Wheels are of one Python: another one gets a folder of its own. */
async function motoFolder(store: Store, python: string, progress: Progress): Promise<string> {
  const { stdout } = await runProcess({ argv: [python, '-c', 'import sys; print(sys.implementation.cache_tag)'] });
  return store.folder('tools', `moto-${VERSION}-${stdout.trim()}-${process.arch}`, async (target) => {
    progress({ task: 'moto', detail: `installing ${MOTO}` });
    await install(target, python);
    progress({ task: 'moto', done: true });
  });
}

async function install(target: string, python: string): Promise<void> {
  const uv = await findOnPath('uv');
  const how: readonly [string, ...string[]] =
    uv === undefined ? [python, '-m', 'pip', 'install', '--disable-pip-version-check'] : [uv, 'pip', 'install', '--python', python];
  const end = await runProcess({ argv: [...how, '--quiet', '--only-binary', ':all:', '--target', target, MOTO], timeoutMs: 600_000 });
  if (end.code !== 0)
    throw new EnvironmentError(`${MOTO} could not be installed: ${end.stderr.trim().split('\n').at(-1) ?? ''}`, BY_HAND, 'transient');
}
