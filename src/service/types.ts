import type { Evidence, Fact, Place, Range } from '../base/index.ts';

/** What a repository holds, as facts. Nothing found is no fact: defaults are decisions, in plan/. */
export interface Service {
  readonly ecosystem: Fact<'python'>;
  /** From pyproject, else the folder's name as `guess`. A DNS label: lower case, digits, hyphens. */
  readonly name: Fact<string>;
  readonly version?: Fact<string>;
  readonly description?: Fact<string>;
  /** As it is written: an SPDX expression where the manifest keeps to PEP 639. */
  readonly licence?: Fact<string>;
  /** Where the source lies, for people: a URL. */
  readonly source?: Fact<string>;
  readonly python: PythonFacts;
  readonly framework?: Fact<Framework>;
  /** The application that the start command serves or runs. Absent: none found, or several equally good (`applications`). */
  readonly application?: Fact<Application>;
  /** Every application object or script found, best first. */
  readonly applications: readonly Fact<Application>[];
  /** A start command that the repository declares (Procfile `web:`), words as a POSIX shell splits them. */
  readonly start?: Fact<readonly string[]>;
  /** The port that the source or the declared start command names. */
  readonly port?: Fact<PortRead>;
  readonly environment: readonly EnvironmentRead[];
  readonly routes: readonly Route[];
  /** Literal paths that the source writes to, as they stand there. */
  readonly writes: readonly Fact<string>[];
  readonly companions: readonly Fact<Companion>[];
  /** Starts child processes (subprocess, multiprocessing, os.fork). */
  readonly forks?: Fact<true>;
  /** The program ends on SIGTERM by itself. Absent: nothing in the source says so. */
  readonly sigterm?: Fact<true>;
  /** Django collects static files in one folder before it serves them. */
  readonly staticFiles?: Fact<StaticFiles>;
  /** Paths of .po files: translations that are compiled before they are read. */
  readonly translations?: Fact<readonly string[]>;
  /** Third-party and local top-level modules that the application imports when it starts. */
  readonly imports: readonly ImportRead[];
  /** Programs of the system that the source starts, by name; `sh` where a shell does it. Absent: none. */
  readonly programs?: readonly Fact<string>[];
  /** Shared libraries that the source itself loads. Absent: none. */
  readonly libraries?: readonly Fact<LibraryLoad>[];
  /** What could not be read, each with its place. A syntax error in a file that matters is fatal later, not here. */
  readonly problems: readonly Problem[];
  /** Values that the repository itself proposes for variables: .env.example, compose. Absent: none. */
  readonly examples?: readonly ExampleValue[];
  /** What a compose file sets beside the service. Absent: nothing that the service waits for or names. */
  readonly beside?: Beside;
}

export interface PythonFacts {
  /** PEP 440 specifier set, from `requires-python` (PEP 621), poetry's `python`, or a lock. */
  readonly requires?: Fact<string>;
  /** An exact or partial version asked for: `.python-version`, `runtime.txt`, tool settings. Such as `3.11` or `3.11.7`. */
  readonly version?: Fact<string>;
  readonly dependencies?: Fact<DependencySource>;
  /** What is installed beside the main dependencies. Absent: nothing asks for more. */
  readonly sets?: Fact<DependencySets>;
  /** Constraint files that an installing command is given, beside those that requirements files name. */
  readonly constraints?: Fact<readonly string[]>;
  /** Extras and groups that there are. Absent: none. */
  readonly offered?: OfferedSets;
  /** Direct runtime dependencies, by normalised name (PEP 503), those of `sets` among them. */
  readonly requirements: readonly Fact<Requirement>[];
  /** Packages of the repository that are among them, in the order in which they were met. Absent: none. */
  readonly local?: readonly Fact<LocalPackage>[];
  /** The service as a package of its own. Absent: its manifest says nothing of building one. */
  readonly project?: Fact<OwnProject>;
}

/** A package that lies in the repository: its own build back end makes it. */
export interface LocalPackage {
  /** Normalised: PEP 503. */
  readonly name: string;
  /** As seen from the service's folder: `libs/common`, `../../libs/common`. Empty: the service itself. */
  readonly folder: string;
  /** Those of its extras that are asked for: PEP 685, sorted. Absent: none. */
  readonly extras?: readonly string[];
}

export interface OwnProject {
  /** Normalised: PEP 503. */
  readonly name: string;
  /** Console scripts, by name: `module:function`. */
  readonly scripts: Readonly<Record<string, string>>;
  /** The source asks for its own metadata (importlib.metadata), which only an installed package has. */
  readonly asksForItself?: true;
}

/** Where an installer reads dependencies from. Paths are relative to the repository. `manifest` is what people edit. */
export type DependencySource =
  /** `files`: the entry first, then what it includes with `-r` and `-c`. `hashed`: every requirement has a hash. */
  | { readonly kind: 'requirements'; readonly files: readonly string[]; readonly pinned: boolean; readonly hashed: boolean }
  | { readonly kind: 'pyproject'; readonly file: string }
  /** setup.py or setup.cfg, read and never run; `requirements` as PEP 508 has them, those of the chosen extras among them. */
  | { readonly kind: 'setuptools'; readonly file: string; readonly requirements: readonly string[] }
  /** PEP 723: a block of comments at the head of a script, `metadata` as it stands there. */
  | { readonly kind: 'script'; readonly file: string; readonly metadata: string }
  /** `member`: the service's name in it, where it is a workspace's. */
  | { readonly kind: 'uv.lock'; readonly file: string; readonly manifest: string; readonly member?: string }
  | { readonly kind: 'poetry.lock'; readonly file: string; readonly manifest: string }
  | { readonly kind: 'pdm.lock'; readonly file: string; readonly manifest: string }
  /** `unlocked`: what it names without a version, for it was not needed where it was locked. */
  | { readonly kind: 'Pipfile.lock'; readonly file: string; readonly manifest: string; readonly unlocked: readonly string[] }
  /** PEP 751. It stands alone; a manifest may lie beside it. */
  | { readonly kind: 'pylock.toml'; readonly file: string };

/** Sets of dependencies beside the main one, by normalised name, sorted: extras (PEP 621), groups (PEP 735, and what other tools call so). */
export interface DependencySets {
  readonly extras: readonly string[];
  readonly groups: readonly string[];
}
export type OfferedSets = DependencySets;

export interface Requirement {
  /** Normalised: PEP 503. */
  readonly name: string;
  readonly extras: readonly string[];
  /** PEP 440 specifier set as written, such as `==0.115.5`; empty when there is none. */
  readonly specifier: string;
  /** Where it comes from instead of an index: `name @ url`. Without a login. */
  readonly url?: string;
  /** PEP 508 marker as written. */
  readonly marker?: string;
  /** The one version that the lock names. Absent: there is no lock, or it names several. */
  readonly locked?: string;
}

export type Framework =
  | 'fastapi'
  | 'flask'
  | 'django'
  | 'starlette'
  | 'aiohttp'
  | 'litestar'
  | 'quart'
  | 'sanic'
  | 'tornado'
  | 'bottle'
  | 'falcon'
  | 'dash'
  | 'streamlit'
  | 'celery'
  | 'grpc'
  | 'script';

export type Application =
  /** An object that a server imports: `module:object`. `factory`: the object is a function that makes it. */
  | { readonly kind: 'asgi' | 'wsgi'; readonly module: string; readonly object: string; readonly factory: boolean; readonly file: string }
  /** A script that serves by itself: `python FILE`. */
  | { readonly kind: 'script'; readonly file: string }
  /**
   * A package with `__main__`, or a module run by `python -m MODULE ARGUMENTS`: a framework's own program, where there are
   * arguments; `{port}` in them stands for the port that is decided.
   */
  | { readonly kind: 'module'; readonly module: string; readonly file: string; readonly arguments?: readonly string[] }
  /** A console script of the service's own package (`[project.scripts]`). */
  | { readonly kind: 'console'; readonly script: string; readonly module: string; readonly calls: string; readonly file: string };

export interface PortRead {
  readonly port: number;
  /** The variable that may change it, such as `PORT`. */
  readonly variable?: string;
}

export interface EnvironmentRead {
  readonly name: string;
  /** `import`: at module level; `start`: on the way from the start to listening; `handler`: while serving. */
  readonly when: 'import' | 'start' | 'handler';
  /** Read without a default: a missing value raises, or the source itself demands it. */
  readonly required: boolean;
  /** The literal default, as text. */
  readonly default?: string;
  /** The name looks like a secret's (KEY, TOKEN, PASSWORD, SECRET, DSN…). */
  readonly secret: boolean;
  readonly type?: 'integer' | 'boolean' | 'number' | 'url' | 'string';
  readonly because: Fact<true>['because'];
}

export interface Route {
  readonly method: string;
  readonly path: string;
  /** `health` general, `ready`, `live`: by path, as the field names them. */
  readonly health?: 'health' | 'ready' | 'live';
  /** Has parameters in its path. */
  readonly parameters: boolean;
  /** Reads its request body. */
  readonly readsBody: boolean;
  readonly at: Evidence;
}

export interface Companion {
  readonly kind: 'redis' | 'postgres' | 'mysql' | 's3' | 'mongodb' | 'rabbitmq' | 'kafka';
  /** Variables that say where it is. */
  readonly variables: readonly string[];
  /** The service works without it. */
  readonly optional: boolean;
}

export interface StaticFiles {
  /** The program that collects them: `manage.py`. */
  readonly manage: string;
  /** STATIC_ROOT as far as it can be told: absolute, or relative to the repository. */
  readonly root?: string;
}

export interface ImportRead {
  /** Top-level module name as imported, such as `redis`. */
  readonly module: string;
  /** The module in full, such as `google.cloud.storage`. */
  readonly dotted: string;
  /** False: inside try/except ImportError, TYPE_CHECKING, a function, or a platform or version branch. */
  readonly unguarded: boolean;
  readonly file: string;
  readonly range: Range;
}

export interface LibraryLoad {
  /** As written: `libmagic.so.1`; `magic` where it is looked for. */
  readonly name: string;
  /** By `ctypes.util.find_library`. */
  readonly finds: boolean;
  /** Runs whenever its module is imported. */
  readonly unguarded: boolean;
}

export interface Problem {
  readonly at: Place;
  readonly what: string;
  /** The way out. */
  readonly hint?: string;
  /** The service cannot be built or started as it stands: a file it needs is broken or missing. */
  readonly fatal?: true;
}

/** `NAME=value` in .env.example or in a compose file's environment: a value for a trial, never a secret to keep. */
export interface ExampleValue {
  readonly name: string;
  readonly value: string;
  readonly at: Evidence;
}

export interface Beside {
  readonly services: readonly Fact<ComposeService>[];
  /** The service's own variables as the file has them: `${NAME}` in a value is left as it stands. */
  readonly environment: readonly ExampleValue[];
}

/** Another service of a compose file, that the service waits for (`depends_on`, `links`) or names in its environment. */
export interface ComposeService {
  /** As the file calls it: `db`. */
  readonly name: string;
  /** Names by which it is found in their network, `name` among them. */
  readonly hosts: readonly string[];
  readonly image: string;
  /** Absent: the image is none that is known. */
  readonly kind?: Companion['kind'];
  /** `${NAME}` in a value is left as it stands. */
  readonly environment: Readonly<Record<string, string>>;
  /** As it stands there: one text, which has to be filled in before it is split, or words. */
  readonly command: string | readonly string[];
  /** It is given scripts that fill a new database. */
  readonly filled?: true;
}
