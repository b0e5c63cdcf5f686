import { citeLasting, type Evidence } from '../base/index.ts';
import { limitOf, type ContractVariable, type FilesBeside, type Plan, type WritablePath } from '../plan/index.ts';

/** Room of each tmpfs. It counts as memory of the container (cgroup-v2, "Memory Ownership"). */
export const SCRATCH_MIB = 64;

/** What files for orchestrators have in common. */
export interface Running {
  readonly name: string;
  /** `name:version`, as `plimsoll ship` tags it. */
  readonly image: string;
  readonly envFile: string;
  readonly memoryMiB: number;
  readonly cpus: number;
  /** Where the two come from. */
  readonly limitsSay: string;
  readonly scratch: readonly Named[];
  readonly kept: readonly Named[];
  /** Read when the service starts, and not set by the image. */
  readonly variables: readonly ContractVariable[];
  /** Process 1 does not reap children of others, and the service has such. */
  readonly needsInit: boolean;
  /** It ends by itself. */
  readonly isJob: boolean;
}

/** A path with a name for a volume. */
export interface Named extends WritablePath {
  readonly name: string;
}

/** What the files that are written call the image of a plan. */
export const imageNameOf = ({ files, service }: Pick<Plan, 'files' | 'service'>): string =>
  `${files?.name ?? service.name.value}:${(service.version?.value ?? 'latest').replaceAll(/[^\w.-]/g, '-')}`;

/** What runs this plan's image. */
export function runningOf(plan: Plan): Running {
  const { contract, service } = plan;
  const { name, envFile }: Pick<FilesBeside, 'name' | 'envFile'> = plan.files ?? { name: service.name.value, envFile: '.env.example' };
  const paths = namesOf(contract.writablePaths);
  const { memoryBytes, cpus } = contract.limits;
  const limit = limitOf(contract);
  return {
    name,
    image: imageNameOf(plan),
    envFile,
    memoryMiB: Math.ceil(limit.memoryBytes / 1024 ** 2),
    cpus: limit.cpus,
    limitsSay:
      memoryBytes !== undefined && cpus !== undefined
        ? 'plimsoll.yaml: limits'
        : `${memoryBytes === undefined ? 'nobody has named the memory' : 'the memory: plimsoll.yaml: limits.memory'}${cpus === undefined ? '; the processors are a default' : ''}: measure, then set \`limits\` in plimsoll.yaml`,
    scratch: paths.filter(({ kind }) => kind === 'tmpfs'),
    kept: paths.filter(({ kind }) => kind === 'volume'),
    variables: contract.environment.filter(({ value }) => value === undefined),
    isJob: contract.lifetime === 'job',
    needsInit: service.forks !== undefined && contract.entrypoint.length === 0,
  };
}

/** Volumes by the last part of their path; with the whole path where two would be alike. A DNS label. */
function namesOf(paths: readonly WritablePath[]): readonly Named[] {
  const label = (path: string): string =>
    path
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
      .slice(-50)
      .replace(/^-+/, '') || 'files';
  const used = new Set<string>();
  return paths.map((each) => {
    const short = label(each.path.slice(each.path.lastIndexOf('/')));
    let name = used.has(short) ? label(each.path) : short;
    while (used.has(name)) name += '-more';
    used.add(name);
    return { ...each, name };
  });
}

/** What is known of a variable that is not set, in a few words: `optional, url (app.py)`. */
export const aboutUnset = (variable: ContractVariable): string => `${wordsOf(variable)} (${placeOf(variable.because[0])})`;

/** What is known of a variable in a few words: `required, secret, integer; app.py: os.environ["KEY"]`. */
export function aboutVariable(variable: ContractVariable): string {
  return `${wordsOf(variable)} (${variable.secret ? placeOf(variable.because[0]) : citeLasting(variable.because[0])})`;
}

const wordsOf = (variable: ContractVariable): string =>
  [
    variable.required ? 'required' : 'optional',
    ...(variable.secret ? ['secret'] : []),
    ...(variable.type === undefined || variable.type === 'string' ? [] : [variable.type]),
    ...(variable.default === undefined || variable.secret ? [] : [`default ${JSON.stringify(variable.default)}`]),
  ].join(', ');

/** Without the line itself: it may hold a value. */
const placeOf = (evidence: Evidence): string => (evidence.from === 'file' ? evidence.file : citeLasting(evidence));

/** Required ones first, then by name. */
export const requiredFirst = (variables: readonly ContractVariable[]): readonly ContractVariable[] => [
  ...variables.filter(({ required }) => required),
  ...variables.filter(({ required }) => !required),
];

/** Whole seconds, rounded up. */
export const seconds = (ms: number): number => Math.ceil(ms / 1000);
