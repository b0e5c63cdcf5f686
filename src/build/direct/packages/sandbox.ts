import { EnvironmentError, UserError } from '../../../base/index.ts';
import type { Store } from '../../../base/node.ts';
import type { Image } from '../../../image/index.ts';
import { embeddedRunner, type LogLine } from '../../../run/index.ts';
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
  /** For messages. */
  readonly package: Buildable;
  readonly signal?: AbortSignal | undefined;
}

export type HookEnd =
  | { readonly wheel: string; readonly bytes: Uint8Array }
  /** PEP 508: what the back end asks for beyond its build requirements. */
  | { readonly missing: readonly string[] };

/** Half of what a wheel may take: a back end that hangs is ended. */
const TIMEOUT_MS = 600_000;
/** ZIP knows no earlier time: 1 January 1980, as flit and setuptools take it. */
const SOURCE_DATE_EPOCH = '315532800';

/**
 * Runs a package's back end in a container without a network. Throws EnvironmentError where no container can be run,
 * UserError when the back end fails.
 */
export async function runHook(job: HookJob): Promise<HookEnd> {
  const runner = embeddedRunner(job.store);
  const availability = await runner.available();
  if (!availability.ok)
    throw new EnvironmentError(
      `\`${job.package.name}\` is built by a back end of its own, which runs in a container, and none can be run here: ${availability.why}`,
      `${availability.remedy}; or write a Dockerfile, and build that: \`--engine buildkit\``,
    );
  const { at, backend, backendPath, editable } = job;
  const options = {
    environment: { HOME: '/tmp', SOURCE_DATE_EPOCH, PYTHONHASHSEED: '0', PYTHONDONTWRITEBYTECODE: '1' },
    readOnlyRoot: true,
    writablePaths: ['/tmp', at],
    argv: [job.python, '-I', '-c', HOOK, JSON.stringify({ at, backend, backendPath, editable })],
    ...(job.signal ? { signal: job.signal } : {}),
  };
  return runner.run(job.image, options, async (container) => {
    const exit = await container.exited(TIMEOUT_MS);
    const lines = container.logs();
    const end = exit?.code === 0 ? read(lines.filter(({ stream }) => stream === 'stdout').map(({ text }) => text)) : undefined;
    if (end) return end;
    throw failed(job, lines, exit === undefined);
  });
}

function read([head, ...lines]: readonly string[]): HookEnd | undefined {
  const said = JSON.parse(head ?? '{}') as { readonly wheel?: string; readonly missing?: readonly string[] };
  if (said.missing) return { missing: said.missing };
  // Without its last line it was cut: a wheel of more than the log holds.
  if (said.wheel === undefined || lines.at(-1) !== '{"end": true}') return undefined;
  return { wheel: said.wheel, bytes: Buffer.concat(lines.slice(0, -1).map((line) => Buffer.from(line, 'base64'))) };
}

function failed({ package: buildable }: HookJob, lines: readonly LogLine[], isHanging: boolean): UserError {
  const said = lines
    .filter(({ stream, text }) => stream === 'stderr' && text.trim() !== '')
    .at(-1)
    ?.text.trim();
  const why = isHanging ? `it did not end within ${TIMEOUT_MS / 60_000} minutes` : (said ?? 'its back end said nothing');
  const { name, folder, remote } = buildable;
  const showing = remote ? `pip wheel --no-deps "${name} @ ${remote.url}"` : `uv build ${folder === '' ? '.' : folder}`;
  return new UserError(
    `the package \`${name}\` cannot be built: ${why}`,
    `\`${showing}\` shows all of it; what needs git, a compiler or the network needs a Dockerfile of yours: \`--engine buildkit\``,
    placeOf(buildable),
  );
}
