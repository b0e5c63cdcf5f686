import type { Progress } from '../base/index.ts';
import type { ImageTree } from '../image/index.ts';
import type { ContractVariable } from '../plan/index.ts';
import type { RunOptions } from '../run/index.ts';
import { refusedWrites } from './container/log.ts';
import { UNLIMITED_BYTES, wasKilled } from './container/memory-limit.ts';
import { unsetVariables } from './container/unset-variable.ts';
import { observe, type Observation } from './container/observe.ts';
import { isBroken } from './container/trial.ts';
import { mountFor, writtenPaths } from './container/written.ts';
import type { Subject } from './types.ts';
import { environmentOf, valuesFor } from './values.ts';

/** What a service was seen to need beyond what its contract says. */
export interface Discovery {
  /** Folders to mount, with what was written below each. */
  readonly writable: readonly Mount[];
  /** Paths that are written, and where no folder can be mounted. */
  readonly misplaced: readonly { readonly path: string; readonly why: string }[];
  /** Variables that a failed start named, and that were given dummies from then on. Sorted. */
  readonly named: readonly string[];
  readonly memory: {
    /** The most that was in use; what the kernel can take back is not counted, where it says what that is. */
    readonly seenBytes: number;
    readonly how: 'cgroup' | 'sampled';
    /** With head room. */
    readonly limitBytes: number;
  };
  readonly readyAfterMs: number;
  /** What it listens on beside the contract's ports. */
  readonly otherPorts: readonly number[];
  /** The last run: a read-only root, these folders and no others, this limit. */
  readonly confirmed: { readonly works: boolean; readonly why?: string };
  readonly runs: number;
}

/** A variable that the service needs or reads, without a value. */
export interface NeededVariable {
  readonly name: string;
  readonly need: 'required' | 'optional';
  readonly secret: boolean;
  /** Its source reads it; or a start without it failed and named it. */
  readonly from: 'source' | 'start';
}

export interface Mount {
  readonly path: string;
  readonly written: readonly string[];
}

/** Half as much again as was in use: what a busy hour takes on top of a minute. */
const HEAD_ROOM = 1.5;
/** No service in Python needs less; orchestrators count in such steps. */
const LEAST_BYTES = 64 * 1024 ** 2;
const STEP_BYTES = 16 * 1024 ** 2;
/** Each shows what the one before it stopped at. */
const MOST_TRIES = 5;
const MOST_STARTS = 8;

/**
 * Runs the service with a writable root, and with the variables that it asks for, and makes its requests; then with a
 * read-only one and the folders that it was seen to write, until no write is refused. Changes nothing. Throws EnvironmentError where nothing can be run.
 */
export async function discover(subject: Subject, progress?: Progress): Promise<Discovery> {
  const tree = await subject.tree();
  const { free, named, starts } = await startFreely(subject, progress);
  const environment = withDummies(subject, named);
  let mounts = mountsFor(subject, tree, [free.seen]);
  let memory = memoryOf(free.seen);
  const all = [free.seen];
  for (let runs = starts + 1; ; runs += 1) {
    progress?.({ task: 'run', detail: 'with a read-only root', current: runs });
    const { seen, ports } = await look(subject, {
      writablePaths: [...declared(subject), ...mounts.writable.map((it) => it.path)],
      memoryBytes: memory.limitBytes,
      environment,
    });
    all.push(seen);
    const more = mountsFor(subject, tree, all);
    // What is in use in the end says nothing of a peak before it; the kernel's own peak has file cache in it.
    const tooLittle = wasKilled(seen);
    if (runs < starts + MOST_TRIES && (tooLittle || !hasAll(mounts.writable, more.writable))) {
      mounts = more;
      if (tooLittle) memory = { ...memory, limitBytes: inSteps(memory.limitBytes * HEAD_ROOM) };
      continue;
    }
    progress?.({ task: 'run', current: runs, done: true });
    return {
      // Those that were tried; what else was refused in the end is a reason why it does not work.
      writable: mounts.writable,
      misplaced: more.misplaced,
      named,
      memory,
      readyAfterMs: Math.round(seen.readiness.afterMs),
      otherPorts: ports.filter((port) => !subject.contract.ports.some((it) => it.port === port)),
      confirmed: confirm(seen),
      runs,
    };
  }
}

/**
 * Runs the service with a writable root; while it does not start and its log names variables that are not set, with these
 * set, too. A name that is still named then is no variable, or wants another value than a dummy: it is left out.
 */
async function startFreely(
  subject: Subject,
  progress?: Progress,
): Promise<{ readonly free: Awaited<ReturnType<typeof look>>; readonly named: readonly string[]; readonly starts: number }> {
  const baked = subject.contract.environment.filter((it) => it.value !== undefined);
  const given = new Set([...subject.values, ...baked].map(({ name }) => name));
  const tried = new Set<string>();
  for (let starts = 1; ; starts += 1) {
    progress?.({ task: 'run', detail: 'with a writable root', current: starts });
    const environment = withDummies(subject, [...tried]);
    const free = await look(subject, { readOnlyRoot: false, memoryBytes: UNLIMITED_BYTES, environment });
    const asked = free.seen.readiness.ready ? [] : unsetVariables(free.seen.logs).filter((name) => !given.has(name));
    const more = asked.filter((name) => !tried.has(name));
    if (more.length === 0 || starts === MOST_STARTS)
      return { free, named: [...tried].filter((name) => !asked.includes(name)).toSorted(), starts };
    for (const name of more) tried.add(name);
  }
}

/** The values that a proof gives, and those that it would give to these, were they declared. */
function withDummies({ values, service }: Subject, names: readonly string[]): Readonly<Record<string, string>> {
  const variables = names.map((name): ContractVariable => ({
    name,
    required: true,
    secret: false,
    because: [{ from: 'run', what: 'log', text: name }],
  }));
  return { ...environmentOf(valuesFor(variables, { examples: service?.examples ?? [] })), ...environmentOf(values) };
}

const hasAll = (tried: readonly Mount[], found: readonly Mount[]): boolean =>
  found.every(({ path }) => tried.some((it) => it.path === path));

const declared = ({ contract }: Subject): readonly string[] => contract.writablePaths.map((it) => it.path);

const look = (subject: Subject, over: Partial<RunOptions>): Promise<{ seen: Observation; ports: readonly number[] }> =>
  subject.run(async (container) => {
    const seen = await observe(container, subject, over.readOnlyRoot !== false);
    const ports = seen.readiness.ready ? (await container.listening()).map((it) => it.port) : [];
    return { seen, ports: [...new Set(ports)].toSorted((a, b) => a - b) };
  }, over);

/** Of all that was written or refused so far. */
function mountsFor(subject: Subject, tree: ImageTree, runs: readonly Observation[]): Pick<Discovery, 'writable' | 'misplaced'> {
  const root = subject.contract.workingDir;
  const paths = writtenPaths(
    runs.flatMap((it) => [...it.changes.map((change) => change.path), ...refusedWrites(it.logs, root)]),
    declared(subject),
  );
  const writable = new Set<string>();
  const misplaced: { path: string; why: string }[] = [];
  for (const path of paths) {
    const folder = mountFor(path, root);
    const hidden = folder === undefined ? 0 : filesBelow(tree, folder);
    if (folder === undefined) misplaced.push({ path, why: 'a folder mounted there would hide the program or the system' });
    else if (hidden > 0) misplaced.push({ path, why: `a folder mounted at ${folder} would hide ${hidden} files of the image` });
    else writable.add(folder);
  }
  const folders = [...writable].filter((path) => ![...writable].some((other) => path.startsWith(`${other}/`)));
  const below = (folder: string): string[] => paths.filter((path) => path === folder || path.startsWith(`${folder}/`));
  return { writable: folders.toSorted().map((path) => ({ path, written: below(path) })), misplaced };
}

const filesBelow = (tree: ImageTree, folder: string): number =>
  [...tree.entries].filter(([path, { record }]) => `/${path}`.startsWith(`${folder}/`) && record.type === 'file').length;

function memoryOf({ memory }: Observation): Discovery['memory'] {
  const seenBytes = memory.how === 'cgroup' ? memory.inUseBytes : memory.peakBytes;
  return { seenBytes, how: memory.how, limitBytes: inSteps(Math.max(LEAST_BYTES, seenBytes * HEAD_ROOM)) };
}

const inSteps = (bytes: number): number => Math.ceil(bytes / STEP_BYTES) * STEP_BYTES;

function confirm(seen: Observation): Discovery['confirmed'] {
  const { readiness, answers, logs } = seen;
  if (wasKilled(seen)) return { works: false, why: 'the kernel killed a process of it at that limit' };
  if (!readiness.ready) return { works: false, why: `it does not become ready: ${readiness.why}` };
  const [refused] = refusedWrites(logs, '/');
  if (refused !== undefined) return { works: false, why: `a write is still refused: ${refused}` };
  const [broken] = answers.filter(isBroken);
  if (broken) return { works: false, why: `${broken.request.method} ${broken.request.path} fails` };
  return { works: true };
}
