import type { Command } from 'commander';
import { EnvironmentError, UserError } from '../base/index.ts';
import { openStore, type Store } from '../base/node.ts';
import { openImage, type Image, type ImageRef } from '../image/index.ts';
import type { RuntimeContract } from '../plan/index.ts';
import { contractOfImage, valuesFor, type GivenValue } from '../prove/index.ts';
import type { Container, Runner, RunnerId } from '../run/index.ts';
import { buildProject } from './build-project.ts';
import { EXIT } from './exit.ts';
import { IMAGE_FORMS, registryJob } from './image-at.ts';
import { imageNamed } from './image-wishes.ts';
import { buildOptions, examples, flagsOf, hostPlatform, runnerOption, type BuildOptions } from './options.ts';
import { openProject } from './project.ts';
import { givenValues, namedValues } from './prove-image.ts';
import { destinationOf } from './push.ts';
import { exitWith, interruptible } from './run-command.ts';
import { withRunner } from './runner.ts';
import type { Screen } from './ship-project.ts';
import { progressOn } from './terminal.ts';

interface Options extends BuildOptions {
  readonly env?: readonly string[];
  readonly envFile?: string;
  readonly port?: string;
  readonly writable?: boolean;
  readonly runner?: RunnerId;
}

export function define(command: Command): void {
  runnerOption(buildOptions(command, `the folder that holds the service; or an image: ${IMAGE_FORMS}`))
    .option('--env <K=V>', 'a value for the service, repeatable', (value: string, before: readonly string[] = []) => [...before, value])
    .option('--env-file <file>', 'values for the service, K=V lines')
    .option('--port <number>', 'the port on this machine (default: the service’s own)')
    .option('--writable', 'with a writable root; the default is read-only, as in production')
    .addHelpText(
      'after',
      `${examples('plimsoll run .', 'plimsoll run . --port 9000 --env OPENWEATHER_API_KEY=…', 'plimsoll run docker:app:1')}\nThe service has no network but its published port; Ctrl-C stops it as SIGTERM does in production.\n`,
    )
    .action(async (path: string, options: Options) => {
      exitWith(await runService(path, options));
    });
}

/** What is run. */
interface Ready {
  readonly image: Image;
  readonly contract: RuntimeContract;
  readonly values: readonly GivenValue[];
}

async function runService(path: string, options: Options): Promise<number> {
  const screen = progressOn(process.stderr);
  if (destinationOf(options)) throw new UserError('`run` pushes nothing', 'push with `plimsoll build` or `plimsoll ship`');
  const named = await imageNamed(path);
  const store = await openStore();
  try {
    const made = (signal: AbortSignal): Promise<Ready> =>
      named ? imageAlone(named, options, store, { ...screen, signal }) : built(path, options, store, { ...screen, signal });
    const ready = await interruptible(made).finally(screen.stop);
    return await withRunner(options.runner, store, (runner) => runReady(ready, options, runner));
  } finally {
    await store.close();
  }
}

async function built(path: string, options: Options, store: Store, { progress, signal }: Screen): Promise<Ready> {
  const project = await openProject(path, flagsOf(options));
  const [first] = await buildProject(project, { ...options, platform: [hostPlatform()] }, progress, signal, store);
  if (!first) throw new Error('nothing was built');
  return { image: first.image, contract: project.plan.contract, values: await givenValues(project, options) };
}

async function imageAlone(ref: ImageRef, options: Options, store: Store, screen: Screen): Promise<Ready> {
  const image = await openImage(ref, undefined, registryJob(store, screen));
  return { image, contract: await contractOfImage(image, {}), values: valuesFor([], await namedValues(options)) };
}

async function runReady({ image, contract, values }: Ready, options: Options, runner: Runner): Promise<number> {
  const available = await runner.available();
  if (!available.ok) throw new EnvironmentError(`this machine cannot run it: ${available.why}`, available.remedy);
  const port = contract.ports[0]?.port;
  const host = options.port === undefined ? port : Number(options.port);
  return runner.run(
    image,
    {
      environment: Object.fromEntries(values.map(({ name, value }) => [name, value])),
      readOnlyRoot: options.writable !== true,
      writablePaths: contract.writablePaths.map((p) => p.path),
      publish: port === undefined || host === undefined ? [] : [{ host, container: port }],
      onLog: (line) => process[line.stream].write(`${line.text}\n`),
    },
    (container) => follow(container, contract, port, host),
  );
}

/** Says when it answers, passes the first Ctrl-C or SIGTERM on, and waits for its end. Returns the exit code. */
async function follow(
  container: Container,
  contract: RuntimeContract,
  port: number | undefined,
  host: number | undefined,
): Promise<number> {
  const { signal, graceMs } = contract.stop;
  let stopping = false;
  const stopIt = (): void => {
    if (stopping) return void container.kill('SIGKILL');
    stopping = true;
    void container.kill(signal);
    setTimeout(() => void container.kill('SIGKILL'), graceMs).unref();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, stopIt);
  try {
    if (port !== undefined) {
      const path = contract.healthCheck?.path;
      const state = await container.waitReady({ port, ...(path === undefined ? {} : { path }) }, contract.readyWithinMs);
      if (state.ready)
        process.stderr.write(
          `ready after ${(state.afterMs / 1000).toFixed(2)} s: http://127.0.0.1:${host}${path ?? '/'}  (Ctrl-C stops it)\n`,
        );
      else if (!state.exit) process.stderr.write(`not ready: ${state.why}; the network is closed but for the published port\n`);
    }
    for (;;) {
      const exit = await container.exited(3_600_000);
      if (exit) return exit.code === 0 || stopping ? EXIT.fine : EXIT.unfit;
    }
  } finally {
    for (const name of signals) process.off(name, stopIt);
  }
}
