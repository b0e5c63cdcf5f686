import { EnvironmentError, shape, UserError } from '../../../base/index.ts';
import type { Store } from '../../../base/node.ts';
import type { Image } from '../../../image/index.ts';
import { embeddedRunner, type Exit, type LogLine, type Runner } from '../../../run/index.ts';
import { LIMITS } from '../limits.ts';
import { placeOf, type Buildable } from './buildable.ts';
import type { BuildSystem } from './build-system.ts';
import { HOOK } from './hook.ts';

export interface HookJob extends Pick<BuildSystem, 'backend' | 'backendPath'> {
  /** Python, the build requirements, and the sources in `/source`. */
  readonly image: Image;
  readonly store: Store;
  /** Path of the interpreter: `/usr/bin/python3.13`. */
  readonly python: string;
  /** Where the sources are built. */
  readonly at: string;
  /** A wheel that leads to the sources instead of holding them: PEP 660. */
  readonly editable: boolean;
  /** What the back end asked for before; it is in the image, where its markers fit. */
  readonly given: readonly string[];
  /** For messages. */
  readonly package: Buildable;
  readonly signal?: AbortSignal | undefined;
}

export type HookEnd =
  | { readonly wheel: string; readonly bytes: Uint8Array }
  /** PEP 508: what the back end asks for beyond its build requirements. */
  | { readonly missing: readonly string[] };

/** The largest wheel that is taken: it is held in memory, here and in the container. */
const WHEEL_MIB = 512;
/** ZIP knows no earlier time: 1 January 1980, as flit and setuptools take it. */
const SOURCE_DATE_EPOCH = '315532800';

/**
 * Runs a package's back end in a container without a network. Throws EnvironmentError where no container can be run,
 * UserError when the back end fails.
 */
export async function runHook(job: HookJob, runner: Runner = embeddedRunner(job.store)): Promise<HookEnd> {
  const availability = await runner.available();
  if (!availability.ok)
    throw new EnvironmentError(
      `\`${job.package.name}\` is built by a back end of its own, which runs in a container, and none can be run here: ${availability.why}`,
      `${availability.remedy}; or write a Dockerfile, and build that: \`--engine buildkit\``,
    );
  const { at, backend, backendPath, editable, given } = job;
  const answer = answerReader();
  const options = {
    environment: { HOME: '/tmp', SOURCE_DATE_EPOCH, PYTHONHASHSEED: '0', PYTHONDONTWRITEBYTECODE: '1' },
    readOnlyRoot: true,
    writablePaths: ['/tmp', at],
    memoryBytes: LIMITS.memoryBytes,
    argv: [job.python, '-I', '-c', HOOK, JSON.stringify({ at, backend, backendPath, editable, given })],
    // As it comes: the log keeps some lines alone.
    onLog: ({ stream, text }: LogLine) => stream === 'stdout' && answer.take(text),
    ...(job.signal ? { signal: job.signal } : {}),
  };
  return runner.run(job.image, options, async (container) => {
    const exit = await container.exited(LIMITS.ms);
    const end = exit?.code === 0 ? answer.end() : howItEnded(exit, container.logs());
    if (typeof end === 'string') throw failed(job, end);
    return end;
  });
}

type Answer = { readonly missing: readonly string[] } | { readonly wheel: string; readonly sizeBytes: number };
const { listOf, object, text, whole } = shape;
const isAsking = object({ missing: listOf(text) });
const isWheel = object({ wheel: text, sizeBytes: whole });

/** Reads what the hook prints: its answer, then a wheel's bytes. `end` gives why, where that is not whole. */
function answerReader(): { take(line: string): void; end(): HookEnd | string } {
  let answer: Answer | undefined;
  let sizeBytes = 0;
  const parts: Buffer[] = [];
  return {
    take(line) {
      if (!answer) return void (answer = answerIn(line));
      if ('missing' in answer || answer.sizeBytes > WHEEL_MIB * MIB) return;
      const part = Buffer.from(line, 'base64');
      if ((sizeBytes += part.length) <= answer.sizeBytes) parts.push(part);
    },
    end() {
      if (!answer) return 'its back end gave no answer';
      if ('missing' in answer) return { missing: answer.missing };
      if (answer.sizeBytes > WHEEL_MIB * MIB)
        return `its wheel has ${Math.ceil(answer.sizeBytes / MIB)} MiB, and ${WHEEL_MIB} MiB are the most`;
      if (sizeBytes !== answer.sizeBytes) return `${sizeBytes} of the ${answer.sizeBytes} bytes of its wheel came`;
      return { wheel: answer.wheel, bytes: Buffer.concat(parts) };
    },
  };
}

const MIB = 1024 ** 2;

/** Undefined for a line of somebody else's: a build requirement may print while Python starts. */
function answerIn(line: string): Answer | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value = JSON.parse(line) as Answer;
    return isAsking(value, '').length === 0 || isWheel(value, '').length === 0 ? value : undefined;
  } catch {
    return undefined;
  }
}

function howItEnded(exit: Exit | undefined, lines: readonly LogLine[]): string {
  if (exit === undefined) return `it did not end within ${LIMITS.ms / 60_000} minutes`;
  if (exit.signal === 'SIGKILL')
    return `its back end was ended by SIGKILL, as where it takes more than ${LIMITS.memoryBytes / 1024 ** 3} GiB of memory`;
  const said = lines.findLast(({ stream, text: line }) => stream === 'stderr' && line.trim() !== '')?.text.trim();
  return said ?? (exit.signal === null ? 'its back end said nothing' : `its back end was ended by ${exit.signal}`);
}

function failed({ package: buildable }: HookJob, why: string): UserError {
  const { name, folder, remote } = buildable;
  const showing = remote ? `pip wheel --no-deps "${name} @ ${remote.url}"` : `uv build ${folder === '' ? '.' : folder}`;
  return new UserError(
    `the package \`${name}\` cannot be built: ${why}`,
    `\`${showing}\` shows all of it; what needs git, a compiler or the network needs a Dockerfile of yours: \`--engine buildkit\``,
    placeOf(buildable),
  );
}
