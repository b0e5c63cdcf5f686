import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EnvironmentError, messageOf, readText, UserError, type Files } from '../../base/index.ts';
import { runProcess, runStreamed } from '../../base/node.ts';
import { errorsAmong, layerKey, openImage, validateImage, type BuiltLayer, type Image } from '../../image/index.ts';
import type { Plan } from '../../plan/index.ts';
import type { Availability, Built, Engine, EngineId, Job } from '../types.ts';
import { buildError } from './errors.ts';
import { proxiesOf, secretsOf } from './handed.ts';
import { recallLayers, rememberLayers } from './measured.ts';
import type { Command, DockerfileOptions, Request, Tool } from './tool.ts';
import { buildkit, docker, idFileIn, podman } from './tools.ts';

export type { DockerfileOptions } from './tool.ts';

const DOCKERFILE = 'Dockerfile';
const tools = { buildkit, docker, podman } as const;
/** Milliseconds until a daemon that does not answer counts as not there: on a busy machine podman took 12 s to say its version. */
const PROBE_MS = 60_000;

/** Builds the repository's own Dockerfile, just as it stands, with a container builder of this machine. */
export function dockerfileEngine(id: Exclude<EngineId, 'direct'>, options: DockerfileOptions): Engine {
  const tool = tools[id];
  return {
    id,
    available: () => probe(tool, options.address),
    build: (_plan: Plan, files: Files, job: Job) => build(tool, options, files, job),
  };
}

async function probe(tool: Tool, address: string | undefined): Promise<Availability> {
  for (const command of tool.probe(address)) {
    const why = await lackOf(command);
    if (why !== undefined) return { ok: false, why, remedy: tool.howToGet };
  }
  return { ok: true, lacks: [] };
}

/** Why a command does not end well; undefined when it does. */
async function lackOf({ argv, env }: Command): Promise<string | undefined> {
  try {
    const end = await runProcess({ argv, env: { ...process.env, ...env }, timeoutMs: PROBE_MS });
    if (end.code === 0) return undefined;
    const lines = end.stderr.trim().split('\n');
    const said = lines.find((line) => line.startsWith('ERROR: ')) ?? lines.at(-1);
    return `\`${argv[0]}\` is here and reaches nothing that builds: ${end.timedOut ? 'no answer' : said || `exit ${end.code}`}`;
  } catch (error) {
    return messageOf(error);
  }
}

async function build(tool: Tool, options: DockerfileOptions, files: Files, job: Job): Promise<Built> {
  refuseLacking(tool, options);
  const text = await dockerfileOf(files);
  if (job.folder === undefined) throw new UserError('a Dockerfile is built from a folder', 'name a folder on this disk');
  const able = await probe(tool, options.address);
  if (!able.ok) throw new EnvironmentError(able.why, able.remedy);
  const scratch = await job.store.temporary();
  const began = performance.now();
  const secrets = join(scratch, 'secrets'); // they may hold passwords
  await mkdir(secrets, { mode: 0o700 });
  const request: Request = {
    ...options,
    context: job.folder,
    dockerfile: DOCKERFILE,
    platform: job.platform,
    createdSeconds: job.createdSeconds,
    scratch,
    secrets: secretsOf(options.secrets ?? [], secrets),
    buildArgs: [...proxiesOf(), ...(options.buildArgs ?? [])],
  };
  try {
    await run(tool, tool.build(request), options, job, text);
  } finally {
    await rm(secrets, { recursive: true, force: true });
  }
  const built = performance.now();
  if (tool.save) {
    const id = (await readFile(idFileIn(request), 'utf8')).trim();
    await run(tool, tool.save(request, id), options, job, text);
  }
  const { image, layers } = await opened(tool, tool.image(request), job);
  const timings = { engine: Math.round(built - began), image: Math.round(performance.now() - built) };
  return { image, layers, timings, notes: [] };
}

function refuseLacking(tool: Tool, options: DockerfileOptions): void {
  const flags = { cacheTo: '--cache-to', address: '--buildkit-addr', provenance: '--provenance', sbom: '--sbom' } as Readonly<
    Record<string, string>
  >;
  const lacking = tool.lacks.find((name) => options[name] !== undefined);
  if (lacking === undefined) return;
  throw new UserError(`\`${flags[lacking] ?? lacking}\` means nothing to ${tool.id}`, 'leave it out, or pass `--engine buildkit`');
}

async function dockerfileOf(files: Files): Promise<string> {
  const isThere = (await files.list()).some(({ path }) => path === DOCKERFILE);
  if (isThere) return readText(files, DOCKERFILE);
  throw new UserError(
    'there is no Dockerfile to build',
    'write one with `plimsoll init`, or leave `--engine` out: the direct engine needs none',
  );
}

async function run(tool: Tool, command: Command, options: DockerfileOptions, job: Job, text: string): Promise<void> {
  const lines: string[] = [];
  const end = await runStreamed({
    argv: command.argv,
    cwd: job.folder as string,
    env: { ...process.env, ...command.env },
    timeoutMs: options.timeoutMs,
    signal: job.signal,
    onLine(line) {
      lines.push(line);
      options.say(line);
    },
  });
  if (end.code !== 0 || end.timedOut) throw await buildError(tool, end, lines, { file: DOCKERFILE, text });
}

/** What the engine left, checked as any other; its layers are read once for all that is asked of them. */
async function opened(tool: Tool, ref: string, job: Job): Promise<{ image: Image; layers: readonly BuiltLayer[] }> {
  const image = await openImage(ref, job.platform);
  const layers = await image.layers();
  const descriptors = layers.map(({ descriptor }) => descriptor);
  const measured = await recallLayers(job.store, descriptors);
  const [first] = errorsAmong(await validateImage(image, measured));
  if (first)
    throw new EnvironmentError(
      `${tool.id} left an image that is not sound: ${first.where}: ${first.what}`,
      'build again, with a newer version of it',
    );
  await rememberLayers(job.store, descriptors, measured);
  const built = layers.map(async ({ descriptor, diffId, createdBy = '' }) => ({
    descriptor,
    diffId,
    uncompressedSize: (await measured.get(layerKey(descriptor)))?.uncompressed ?? 0,
    createdBy,
  }));
  return { image, layers: await Promise.all(built) };
}
