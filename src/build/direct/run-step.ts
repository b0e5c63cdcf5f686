import { lstatSync, openSync, readSync, closeSync, readlinkSync } from 'node:fs';
import { UserError, type Evidence, type Place } from '../../base/index.ts';
import { flatten, writeLayer, type BuiltLayer, type Image, type ImageTree, type LayerEntry } from '../../image/index.ts';
import type { BuildStep, Plan } from '../../plan/index.ts';
import type { ChangedPath, Container, Exit, LogLine, Runner } from '../../run/index.ts';
import type { Job } from '../types.ts';
import { CREATED_BY } from './created-by.ts';
import { isElf } from './elf/index.ts';
import { LIMITS } from './limits.ts';

/** What a step left. Plain JSON: it is remembered. */
export interface StepResult {
  /** Absent: it wrote nothing that is kept. */
  readonly layer?: BuiltLayer;
  readonly notes: readonly string[];
}

export interface StepRun {
  readonly plan: Plan;
  readonly job: Job;
  readonly step: BuildStep;
  readonly image: Image;
  /** It runs in the image for another architecture than what it writes is for. */
  readonly isForeign: boolean;
}

/** Lines of its output that a failure shows. */
const LAST_LINES = 8;
/** What an interpreter remembers: no image's business. */
const BYTE_CODE = /\/__pycache__(\/|$)|\.py[co]$/;
/** Nobody expects these to be kept unless `writes` names them. */
const SCRATCH = /^\/(tmp|var\/tmp|run|dev|proc|sys|root)(\/|$)/;

/** Runs one step in the image and makes a layer of what it wrote. Throws UserError when it fails. */
export async function runStep(run: StepRun, runner: Runner): Promise<StepResult> {
  const { step, job, plan, image } = run;
  const task = `build step ${step.argv.join(' ')}`;
  job.progress({ task });
  const options = {
    argv: step.argv,
    // Root owns the application's files, and this root has no capability. Fixed, so that the outcome is: hash seed, home, time.
    user: { uid: 0, gid: 0 },
    environment: { HOME: '/tmp', PYTHONHASHSEED: '0', SOURCE_DATE_EPOCH: String(job.createdSeconds), ...step.environment },
    readOnlyRoot: false,
    writablePaths: [],
    memoryBytes: LIMITS.memoryBytes,
    onLog: ({ text }: LogLine) => text !== '' && job.progress({ task, detail: text }),
    ...(job.signal ? { signal: job.signal } : {}),
  };
  const result = await runner.run(image, options, async (container) => {
    const exit = await container.exited(LIMITS.ms);
    if (exit?.code !== 0) throw failure(step, plan, exit, container.logs());
    return keep(run, container);
  });
  job.progress({ task, done: true });
  return result;
}

async function keep(run: StepRun, container: Container): Promise<StepResult> {
  const { step, job, image } = run;
  const changes = (await container.changes()).filter(({ path }) => !BYTE_CODE.test(path));
  const isKept = ({ path }: ChangedPath): boolean =>
    step.writes.some((folder) => path === folder || path.startsWith(`${folder.replace(/\/$/, '')}/`));
  const kept = changes.filter(isKept);
  refuseRemoved(kept, step);
  const entries = kept.flatMap((change) => entryOf(change, container.written(change.path)));
  if (run.isForeign) refuseMachineCode(entries, run);
  const notes = lost(
    changes.filter((change) => !isKept(change)),
    step,
  );
  if (entries.length === 0) return { notes };
  const layer = await writeLayer(
    [...entries, ...parentsOf(entries, await flatten(await image.layers()))],
    { mtimeSeconds: job.createdSeconds, createdBy: `${CREATED_BY}build step (${step.argv.join(' ')})` },
    job.store,
  );
  return { layer, notes };
}

/** Root's, so that the service cannot change them; whoever the step was made no difference to the digest. */
function entryOf({ path, type }: ChangedPath, file: string): LayerEntry[] {
  const head = { path: path.slice(1), uid: 0, gid: 0 };
  if (type === 'directory') return [{ ...head, type, mode: 0o755 }];
  const status = lstatSync(file);
  if (status.isSymbolicLink()) return [{ ...head, type: 'symlink', mode: 0o777, target: readlinkSync(file) }];
  if (!status.isFile()) return []; // a socket or a pipe is nothing to ship
  return [{ ...head, type: 'file', mode: (status.mode & 0o100) === 0 ? 0o644 : 0o755, content: { file, sizeBytes: status.size } }];
}

/** Folders that the image has already, as they are there: a layer that names them otherwise would change them. */
function parentsOf(entries: readonly LayerEntry[], tree: ImageTree): LayerEntry[] {
  const own = new Set(entries.map(({ path }) => path));
  const parents = new Set(
    entries
      .flatMap(({ path }) =>
        path
          .split('/')
          .slice(0, -1)
          .map((_, i, parts) => parts.slice(0, i + 1).join('/')),
      )
      .filter((path) => !own.has(path)),
  );
  return [...parents].flatMap((path): LayerEntry[] => {
    const record = tree.entries.get(path)?.record;
    if (record?.type !== 'directory') return [];
    const { mode, uid, gid } = record;
    return [{ type: 'directory', path, mode, uid, gid }];
  });
}

function refuseRemoved(kept: readonly ChangedPath[], { argv }: BuildStep): void {
  const gone = kept.find(({ kind }) => kind === 'removed');
  if (!gone) return;
  throw new UserError(
    `the build step \`${argv.join(' ')}\` removed ${gone.path}, which a layer below it has`,
    'leave that file out of the image with .dockerignore, or do not remove it',
  );
}

function refuseMachineCode(entries: readonly LayerEntry[], { step, job }: StepRun): void {
  const native = entries.find((entry) => entry.type === 'file' && 'file' in entry.content && isElf(headOf(entry.content.file)));
  if (!native) return;
  throw new UserError(
    `the build step \`${step.argv.join(' ')}\` wrote machine code for ${job.platform.architecture}, this machine's own: /${native.path}`,
    'build for that platform on a machine of its own, or write a Dockerfile with `plimsoll init`',
  );
}

function headOf(file: string): Uint8Array {
  const bytes = Buffer.alloc(64);
  const descriptor = openSync(file, 'r');
  try {
    return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(descriptor);
  }
}

/** What the step did outside of its `writes`: the image is as if it had not. */
function lost(changes: readonly ChangedPath[], { argv, writes }: BuildStep): string[] {
  const noticed = changes.filter(({ path }) => !SCRATCH.test(path));
  const told = (found: readonly ChangedPath[], did: string, hint: string): string[] => {
    const [first, ...more] = found;
    const others = more.length === 0 ? '' : ` and ${more.length} more`;
    return first ? [`the build step \`${argv.join(' ')}\` ${did} ${first.path}${others}, ${hint}`] : [];
  };
  const isGone = ({ kind }: ChangedPath): boolean => kind === 'removed';
  return [
    ...told(
      noticed.filter((change) => change.type === 'file' && !isGone(change)),
      'wrote',
      `which is not kept: \`build.steps\` can name more than ${writes.join(', ')} in \`writes\``,
    ),
    ...told(
      noticed.filter(isGone),
      'removed',
      'which stays in the image: leave it out with .dockerignore, or let the step that wrote it not do so',
    ),
  ];
}

/** What happened, what it said last, where the step comes from, and what to do. */
function failure(step: BuildStep, plan: Plan, exit: Exit | undefined, logs: readonly LogLine[]): UserError {
  const how =
    exit === undefined
      ? `still ran after ${LIMITS.ms / 60_000} minutes`
      : exit.signal === null
        ? `failed: exit ${exit.code}`
        : `was ended by ${exit.signal}`;
  const said = logs.slice(-LAST_LINES).map(({ text }) => `\n  ${text}`);
  const given = Object.keys(step.environment);
  return new UserError(
    `the build step \`${step.argv.join(' ')}\` ${how}${said.join('')}`,
    `it ran without network${given.length === 0 ? '' : `, with values for it alone for ${given.join(', ')}`}: mend it; give it other values or another command with \`build.steps\` in plimsoll.yaml; or leave it out with \`build: {steps: []}\``,
    placeOf(plan),
  );
}

function placeOf({ decisions }: Plan): Place {
  const because: readonly Evidence[] = decisions.find(({ id }) => id === 'build-steps')?.because ?? [];
  const file = because.find((each) => each.from === 'file');
  return file ? { file: file.file, ...file.range.start } : { file: 'plimsoll.yaml' };
}
