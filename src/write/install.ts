import { ADDED_VERSIONS, POETRY_VERSION, UV_VERSION, type DependencySource, type Plan } from '../plan/index.ts';
import { continued } from './words.ts';

/** Where the dependencies go: a folder that a later stage copies whole (PEP 405). */
export const VENV = '/opt/venv';

export interface Install {
  /** For a comment. */
  readonly says: string;
  /** What the tools read, and nothing else: their layer changes only with these. */
  readonly manifests: readonly string[];
  /** Instructions of the build stage. */
  readonly lines: readonly string[];
}

/** How the dependencies of a service get into `VENV`; undefined where it has none. */
export function installOf({ recipe }: Plan): Install | undefined {
  const { dependencies, added } = recipe;
  if (dependencies === undefined && added.length === 0) return undefined;
  const isCompiled = recipe.bytecode === 'dependencies';
  const servers = added.map(pinned).join(' ');
  const more = servers === '' ? [] : [pip(isCompiled, servers)];
  const own = dependencies && fromSource(dependencies, isCompiled);
  const mounts = new Set([...(own?.mounts ?? []), ...(more.length > 0 ? [PIP_CACHE] : [])]);
  const [first = '', ...rest] = [...(own?.commands ?? []), ...more];
  return {
    says: own?.says ?? `The server, ${servers}.`,
    manifests: own?.manifests ?? [],
    lines: [
      ...(own?.tool === undefined ? [] : [continued(`RUN --mount=${PIP_CACHE}`, `pip install ${own.tool}`)]),
      // Without pip: the image needs none.
      `RUN python3 -m venv --without-pip ${VENV}`,
      continued(`RUN ${[...mounts].map((mount) => `--mount=${mount}`).join(' ')}`, first, ...rest.map((command) => `&& ${command}`)),
    ],
  };
}

const pinned = (name: string): string => (ADDED_VERSIONS[name] === undefined ? name : `${name}==${ADDED_VERSIONS[name]}`);

interface FromSource {
  readonly says: string;
  readonly manifests: readonly string[];
  /** What installs, where pip cannot read the lock. */
  readonly tool?: string;
  readonly mounts: readonly string[];
  readonly commands: readonly string[];
}

const cache = (folder: string): string => `type=cache,target=/root/.cache/${folder}`;
const PIP_CACHE = cache('pip');

/** Wheels alone: nothing is compiled, and no code of a package runs. */
const pip = (isCompiled: boolean, what: string): string =>
  `pip --python ${VENV}/bin/python3 install --only-binary :all:${isCompiled ? '' : ' --no-compile'} ${what}`;

function fromSource(source: DependencySource, isCompiled: boolean): FromSource {
  switch (source.kind) {
    case 'requirements': {
      const [entry = ''] = source.files;
      const how = source.hashed
        ? 'each checked against its hash'
        : source.pinned
          ? 'at the versions it names'
          : 'the newest that it allows';
      return {
        says: `What ${entry} names, ${how}.`,
        manifests: source.files,
        mounts: [PIP_CACHE],
        commands: [pip(isCompiled, `${source.hashed ? '--require-hashes ' : ''}-r ${entry}`)],
      };
    }
    case 'uv.lock':
      return {
        says: `Exactly what ${source.file} names, checked against its hashes.`,
        manifests: [source.manifest, source.file],
        tool: `uv==${UV_VERSION}`,
        mounts: [cache('uv')],
        commands: [uv(isCompiled, 'uv sync --locked --no-dev --no-install-project --no-build')],
      };
    case 'pyproject':
      return {
        says: `What ${source.file} names, the newest that it allows: \`uv lock\` would hold the versions.`,
        manifests: [source.file],
        tool: `uv==${UV_VERSION}`,
        mounts: [cache('uv')],
        commands: [uv(isCompiled, `uv pip install --only-binary :all: -r ${source.file}`)],
      };
    case 'poetry.lock':
      return {
        says: `Exactly what ${source.file} names, checked against its hashes.`,
        manifests: [source.manifest, source.file],
        tool: `poetry==${POETRY_VERSION}`,
        mounts: [cache('pypoetry')],
        commands: [`VIRTUAL_ENV=${VENV} poetry sync --no-interaction --only main --no-root${isCompiled ? ' --compile' : ''}`],
      };
  }
}

const uv = (isCompiled: boolean, command: string): string =>
  `UV_PROJECT_ENVIRONMENT=${VENV} VIRTUAL_ENV=${VENV} UV_LINK_MODE=copy ${isCompiled ? 'UV_COMPILE_BYTECODE=1 ' : ''}${command}`;
