import {
  ADDED_VERSIONS,
  PDM_VERSION,
  PDM_WITH,
  PIPENV_VERSION,
  POETRY_VERSION,
  UV_VERSION,
  type DependencySets,
  type DependencySource,
  type Plan,
} from '../plan/index.ts';
import { PIP_SECRET_MOUNTS, POETRY_AUTHORITIES, POETRY_SECRET_MOUNTS, UV_SECRET_MOUNTS } from './build-secrets.ts';
import { comment, run } from './words.ts';

/** Where the dependencies go: a folder that a later stage copies whole (PEP 405), and uv's own name for it. */
export const VENV = '/app/.venv';
/** Where wheels wait for the final stage. */
export const WHEELS = '/wheels';

/** PyPI's build of dumb-init, for bases that have no package of it. */
const DUMB_INIT = 'dumb-init==1.2.5.post1';

export interface Install {
  /** What the tools read, and nothing else: their layer changes only with these. */
  readonly manifests: readonly string[];
  /** Before the manifests are copied: what installs. */
  readonly tools: readonly string[];
  /** After they are copied. */
  readonly lines: readonly string[];
  /** What the final stage does without. */
  readonly tool?: Tool;
}

type Tool = keyof typeof TOOLS;

/** How the dependencies of a service are installed; undefined where it has none. */
export function installOf(plan: Plan): Install | undefined {
  const { recipe, dockerfile } = plan;
  const added = [...recipe.added.map(pinned), ...(needsDumbInit(plan) ? [DUMB_INIT] : [])];
  if (recipe.dependencies === undefined && added.length === 0 && recipe.own === undefined) return undefined;
  const how = waysOf(plan);
  const own =
    recipe.dependencies &&
    constrained(fromSource(recipe.dependencies, how, recipe.sets ?? { extras: [], groups: [] }), recipe.constraints ?? []);
  const more = added.length === 0 ? [] : [how.pip(added.join(' '))];
  const mounts = new Set([...(own?.mounts ?? []), ...(more.length > 0 ? PIP_MOUNTS : [])]);
  return {
    manifests: own?.manifests ?? [],
    ...(own?.tool === undefined ? {} : { tool: own.tool }),
    tools:
      own?.tool === undefined
        ? []
        : [
            comment(
              `Install ${TOOLS[own.tool].name} (${dockerfile.stages === 'single' ? 'development only' : 'builder only'})`,
              'From PyPI, at this version: an installation script from the network is another each day.',
            ),
            run(PIP_MOUNTS, `${how.python} -m pip install ${TOOLS[own.tool].install}`),
            '',
          ],
    lines: [
      comment(...saysOf(plan, own), ...(recipe.added.length > 0 ? [`${added.join(', ')}: added, for the dependencies have none`] : [])),
      ...(how.variables.length > 0 && own?.tool === 'uv' ? [`ENV ${how.variables.join(' \\\n    ')}`] : []),
      ...(dockerfile.install === 'venv' && own?.makesVenv !== true ? [`RUN ${how.python} -m venv --without-pip ${VENV}`] : []),
      ...(own || more.length > 0 ? [run([...mounts], ...(own?.commands ?? []), ...more)] : []),
      ...(recipe.own ? ['', ...itself(plan)] : []),
    ],
  };
}

/** An editable installation (PEP 660) leads to the code, which the final stage has at the same place. */
function itself({ dockerfile }: Plan): string[] {
  return [
    comment('The service as a package, for its console scripts and its metadata: its code stays where it lies.'),
    'COPY . .',
    run(PIP_MOUNTS, `${interpreterOf(dockerfile)} -m pip --python ${VENV}/bin/python3 install --no-deps -e .`),
  ];
}

const TOOLS = {
  uv: { name: 'uv package manager', install: `uv==${UV_VERSION}` },
  poetry: { name: 'Poetry', install: `poetry==${POETRY_VERSION}` },
  pdm: { name: 'PDM', install: `pdm==${PDM_VERSION} '${PDM_WITH}'` },
  pipenv: { name: 'Pipenv', install: `pipenv==${PIPENV_VERSION}` },
} as const;

const pinned = (name: string): string => (ADDED_VERSIONS[name] === undefined ? name : `${name}==${ADDED_VERSIONS[name]}`);

const needsDumbInit = ({ dockerfile, contract }: Plan): boolean =>
  dockerfile.base.family === 'amazonlinux' && contract.entrypoint.length > 0;

/** How things are said for this base, this way of installing. */
interface Ways {
  readonly python: string;
  readonly isWheels: boolean;
  readonly compiles: boolean;
  /** A command that installs what pip understands. */
  readonly pip: (what: string) => string;
  /** Settings of uv. */
  readonly variables: readonly string[];
}

function waysOf({ recipe, dockerfile }: Plan): Ways {
  const { base, compiles, install } = dockerfile;
  const python = interpreterOf(dockerfile);
  const isWheels = install === 'wheels';
  const isCompiled = recipe.bytecode === 'dependencies';
  const from = compiles ? '' : ' --only-binary :all:';
  return {
    python,
    isWheels,
    compiles,
    pip: (what) =>
      isWheels
        ? `${python} -m pip wheel --wheel-dir ${WHEELS}${from} ${what}`
        : `${python} -m pip --python ${VENV}/bin/python3 install${from}${isCompiled ? '' : ' --no-compile'} ${what}`,
    variables: [
      'UV_LINK_MODE=copy',
      'UV_PYTHON_DOWNLOADS=never',
      ...(base.hasPython ? [] : [`UV_PYTHON=${python}`]),
      ...(isCompiled && !isWheels ? ['UV_COMPILE_BYTECODE=1'] : []),
    ],
  };
}

/** The image's own interpreter by the name that is surely its. */
export const interpreterOf = ({ base }: Plan['dockerfile']): string => (base.hasPython ? 'python3' : `python${base.python}`);

function saysOf({ dockerfile }: Plan, own: FromSource | undefined): string[] {
  const way =
    dockerfile.install === 'wheels' ? 'Build Python dependencies as wheels' : 'Install Python dependencies in virtual environment';
  return [
    own === undefined ? way : `${way}: ${own.says}`,
    ...(own?.notes ?? []),
    ...(dockerfile.compiles ? [] : ['Wheels alone are taken: nothing is compiled, and no code of a package runs.']),
  ];
}

interface FromSource {
  readonly says: string;
  readonly notes?: readonly string[];
  readonly manifests: readonly string[];
  /** What installs, where pip cannot read the lock. */
  readonly tool?: Tool;
  /** The tool makes the virtual environment itself. */
  readonly makesVenv?: boolean;
  readonly mounts: readonly string[];
  readonly commands: readonly string[];
}

const cache = (folder: string): string => `type=cache,target=/root/.cache/${folder}`;
/** pip's cache, and what it needs of the network that the build runs in. */
const PIP_MOUNTS: readonly string[] = [cache('pip'), ...PIP_SECRET_MOUNTS];
/** The same for uv. */
const UV_MOUNTS: readonly string[] = [cache('uv'), ...UV_SECRET_MOUNTS];
/** What uv, PDM or Pipenv write for pip, where pip installs. */
const EXPORTED = '/tmp/requirements.txt';

function fromSource(source: DependencySource, ways: Ways, sets: DependencySets): FromSource {
  switch (source.kind) {
    case 'requirements': {
      const [entry = ''] = source.files;
      const how = source.hashed
        ? 'each checked against its hash'
        : source.pinned
          ? 'at the versions it names'
          : 'the newest that it allows';
      return {
        says: `what ${entry} names, ${how}`,
        manifests: source.files,
        mounts: PIP_MOUNTS,
        commands: [ways.pip(`${source.hashed ? '--require-hashes ' : ''}-r ${entry}`)],
      };
    }
    case 'setuptools':
      return {
        says: `what ${source.file} names, the newest that it allows`,
        manifests: [],
        mounts: PIP_MOUNTS,
        commands: [ways.pip(source.requirements.map((each) => `'${each.replaceAll("'", '"')}'`).join(' '))],
      };
    case 'uv.lock':
      return fromUvLock([source.manifest, source.file], source.file, ways, sets);
    case 'pyproject':
    case 'script':
      return fromPyproject(source.file, ways, sets);
    case 'poetry.lock':
      return {
        says: `exactly what ${source.file} names, checked against its hashes`,
        manifests: [source.manifest, source.file],
        tool: 'poetry',
        mounts: [cache('pypoetry'), ...POETRY_SECRET_MOUNTS],
        commands: [
          POETRY_AUTHORITIES,
          `VIRTUAL_ENV=${VENV} poetry sync --no-interaction --only ${['main', ...sets.groups].join(',')}${sets.extras.map((extra) => ` --extras ${extra}`).join('')} --no-root${ways.variables.includes('UV_COMPILE_BYTECODE=1') ? ' --compile' : ''}`,
          // It leaves files as the wheel has them: some may be written by everybody.
          `chmod -R go-w ${VENV}`,
        ],
      };
    case 'pdm.lock':
      return exportedBy('pdm', source, `pdm export ${pdmOptions(sets)} --format requirements --output`, ways);
    case 'Pipfile.lock': {
      const categories = sets.groups.length === 0 ? '' : ` --categories ${['packages', ...sets.groups].join(',')}`;
      const command = `pipenv requirements --hash --exclude-index${categories} >`;
      const [all, only] = ['/tmp/all.txt', 'grep =='];
      // What was not needed where it was locked has no version.
      return exportedBy('pipenv', source, source.unlocked.length === 0 ? command : `${command} ${all} && ${only} ${all} >`, ways);
    }
    case 'pylock.toml':
      return {
        says: `exactly what ${source.file} names, checked against its hashes`,
        manifests: [source.file],
        tool: 'uv',
        mounts: UV_MOUNTS,
        commands: [`VIRTUAL_ENV=${VENV} uv pip install${ways.compiles ? '' : ' --no-build'}${setOptions(sets)} -r ${source.file}`],
      };
  }
}

/** The same under constraint files, which pip and uv take alike. */
function constrained(own: FromSource, files: readonly string[]): FromSource {
  if (files.length === 0) return own;
  const options = files.map((file) => ` -c ${file}`).join('');
  return {
    ...own,
    manifests: [...new Set([...own.manifests, ...files])],
    commands: own.commands.map((command) =>
      / pip (--python \S+ )?(install|wheel|compile) /.test(command) ? `${command}${options}` : command,
    ),
  };
}

/** A lock that its own tool turns into what pip reads. */
function exportedBy(
  tool: Tool,
  { file, manifest }: Extract<DependencySource, { kind: 'pdm.lock' | 'Pipfile.lock' }>,
  command: string,
  ways: Ways,
): FromSource {
  return {
    says: `exactly what ${file} names, checked against its hashes`,
    manifests: [manifest, file],
    tool,
    mounts: PIP_MOUNTS,
    commands: [`${command} ${EXPORTED}`, ways.pip(`--require-hashes -r ${EXPORTED}`)],
  };
}

/** As uv takes them. */
const setOptions = ({ extras, groups }: DependencySets): string =>
  [...extras.map((extra) => ` --extra ${extra}`), ...groups.map((group) => ` --group ${group}`)].join('');

/** PDM takes groups for developers only without `--prod`, and then all of them but those that are named. */
const pdmOptions = ({ extras, groups }: DependencySets): string => {
  const named = [...extras, ...groups].map((name) => ` -G ${name}`).join('');
  return groups.length === 0 ? `--prod${named}` : named.trim();
};

const FROZEN = '--frozen: Use lockfile without updating';

function fromUvLock(manifests: readonly string[], lock: string, ways: Ways, sets: DependencySets): FromSource {
  const { groups } = sets;
  const asked = `${groups.length > 0 ? ' --no-default-groups' : ' --no-dev'}${setOptions(sets)}`;
  const known = {
    says: `exactly what ${lock} names, checked against its hashes`,
    notes: [
      FROZEN,
      groups.length > 0 ? '--no-default-groups: Only the groups that are named' : '--no-dev: Exclude development dependencies',
    ],
    manifests,
    tool: 'uv' as const,
  };
  if (ways.isWheels)
    return {
      ...known,
      mounts: [...UV_MOUNTS, ...PIP_MOUNTS],
      commands: [
        `uv export --frozen${asked} --no-emit-project --quiet --output-file ${EXPORTED}`,
        ways.pip(`--require-hashes -r ${EXPORTED}`),
      ],
    };
  return {
    ...known,
    makesVenv: true,
    mounts: UV_MOUNTS,
    // uv's lock file is for everybody to write.
    commands: [`uv sync --frozen${asked} --no-install-project${ways.compiles ? '' : ' --no-build'}`, `rm -f ${VENV}/.lock`],
  };
}

function fromPyproject(file: string, ways: Ways, sets: DependencySets): FromSource {
  const known = {
    says: `what ${file} names, the newest that it allows: \`uv lock${file.endsWith('.py') ? ' --script' : ''}\` would hold the versions`,
    manifests: [file],
    tool: 'uv' as const,
  };
  const from = ways.compiles ? '' : '--only-binary :all: ';
  if (ways.isWheels)
    return {
      ...known,
      mounts: [...UV_MOUNTS, ...PIP_MOUNTS],
      commands: [`uv pip compile --quiet ${from}--output-file ${EXPORTED}${setOptions(sets)} ${file}`, ways.pip(`-r ${EXPORTED}`)],
    };
  return {
    ...known,
    mounts: UV_MOUNTS,
    commands: [`VIRTUAL_ENV=${VENV} uv pip install ${from}${setOptions(sets).trimStart()}${setOptions(sets) && ' '}-r ${file}`],
  };
}
