import type { Command } from 'commander';
import { EnvironmentError, UserError } from '../base/index.ts';
import { openStore } from '../base/node.ts';
import { embeddedRunner, type Container } from '../run/index.ts';
import { buildProject } from './build-project.ts';
import { EXIT } from './exit.ts';
import { buildOptions, examples, flagsOf, hostPlatform, type BuildOptions } from './options.ts';
import { openProject, type Project } from './project.ts';
import { givenValues } from './prove-image.ts';
import { destinationOf } from './push.ts';
import { exitWith, interruptible } from './run-command.ts';
import { progressOn } from './terminal.ts';

interface Options extends BuildOptions {
  readonly env?: readonly string[];
  readonly envFile?: string;
  readonly port?: string;
  readonly writable?: boolean;
}

export function define(command: Command): void {
  buildOptions(command)
    .option('--env <K=V>', 'a value for the service, repeatable', (value: string, before: readonly string[] = []) => [...before, value])
    .option('--env-file <file>', 'values for the service, K=V lines')
    .option('--port <number>', 'the port on this machine (default: the service’s own)')
    .option('--writable', 'with a writable root; the default is read-only, as in production')
    .addHelpText(
      'after',
      `${examples('plimsoll run .', 'plimsoll run . --port 9000 --env OPENWEATHER_API_KEY=…')}\nThe service has no network but its published port; Ctrl-C stops it as SIGTERM does in production.\n`,
    )
    .action(async (path: string, options: Options) => {
      exitWith(await runProject(path, options));
    });
}

async function runProject(path: string, options: Options): Promise<number> {
  const { progress, stop } = progressOn(process.stderr);
  if (destinationOf(options)) throw new UserError('`run` pushes nothing', 'push with `plimsoll build` or `plimsoll ship`');
  const project = await openProject(path, flagsOf(options));
  const store = await openStore();
  try {
    const [built] = await interruptible((signal) =>
      buildProject(project, { ...options, platform: [hostPlatform()] }, progress, signal, store),
    ).finally(stop);
    if (!built) throw new Error('nothing was built');
    const runner = embeddedRunner(store);
    const available = await runner.available();
    if (!available.ok) throw new EnvironmentError(`this machine cannot run it: ${available.why}`, available.remedy);
    const port = project.plan.contract.ports[0]?.port;
    const host = options.port === undefined ? port : Number(options.port);
    return await runner.run(
      built.image,
      {
        environment: Object.fromEntries((await givenValues(project, options)).map(({ name, value }) => [name, value])),
        readOnlyRoot: options.writable !== true,
        writablePaths: project.plan.contract.writablePaths.map((p) => p.path),
        publish: port === undefined || host === undefined ? [] : [{ host, container: port }],
        onLog: (line) => process[line.stream].write(`${line.text}\n`),
      },
      (container) => follow(container, project, port, host),
    );
  } finally {
    await store.close();
  }
}

/** Says when it answers, passes the first Ctrl-C or SIGTERM on, and waits for its end. Returns the exit code. */
async function follow(container: Container, { plan }: Project, port: number | undefined, host: number | undefined): Promise<number> {
  const { signal, graceMs } = plan.contract.stop;
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
      const path = plan.contract.healthCheck?.path;
      const state = await container.waitReady({ port, ...(path === undefined ? {} : { path }) }, plan.contract.readyWithinMs);
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
