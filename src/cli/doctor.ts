import type { Command } from 'commander';
import { openStore, storeRoot, storeUsage, type Store } from '../base/node.ts';
import { directEngine, dockerfileEngine, packageSources, type Engine } from '../build/index.ts';
import { formatBytes } from '../report/index.ts';
import type { RunnerId } from '../run/index.ts';
import { EXIT } from './exit.ts';
import { examples } from './options.ts';
import { exitWith } from './run-command.ts';
import { RUNNERS, runnerOf } from './runner.ts';
import { paintFor } from './terminal.ts';

interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly says: string;
  readonly remedy?: string;
  /** Nothing else depends on it: its lack is told and is no failure. */
  readonly optional?: true;
}

export function define(command: Command): void {
  command
    .option('--json', 'one JSON document on standard output')
    .addHelpText('after', examples('plimsoll doctor', 'plimsoll doctor --json'))
    .action(async (options: { json?: boolean }) => {
      const findings = await examine();
      if (options.json) process.stdout.write(`${JSON.stringify({ schema: 'plimsoll/doctor/1', findings }, null, 2)}\n`);
      else process.stdout.write(screen(findings));
      exitWith(findings.every((f) => f.ok || f.optional) ? EXIT.fine : EXIT.machine);
    });
}

/** In bytes: several times what the bases and wheels of a dozen services take. */
const LARGE = 5e9;

/** Nothing takes out of it by itself: a build beside another could be using that. */
const LARGE_STORE = ': `plimsoll cache prune` leaves what was used last, up to 2 GB';

async function examine(): Promise<Finding[]> {
  const store = await openStore();
  try {
    const [engine, builders, sources, runners, usage] = await Promise.all([
      directEngine.available(),
      Promise.all(BUILDERS.map((id) => builderFinding(dockerfileEngine(id, { say: () => {} })))),
      packageSources(),
      Promise.all(RUNNERS.map((id) => runnerFindings(id, store))),
      storeUsage(),
    ]);
    return [
      { what: 'Node', ok: true, says: process.versions.node },
      engine.ok
        ? { what: 'build: direct', ok: true, says: 'no daemon, no root' }
        : { what: 'build: direct', ok: false, says: engine.why, remedy: engine.remedy },
      ...(engine.ok ? engine.lacks.map((l) => ({ what: `build: ${l.what}`, ok: false, says: l.why, remedy: l.remedy })) : []),
      ...builders,
      ...sources,
      ...runners.flat(),
      { what: 'store', ok: true, says: `${storeRoot()}, ${formatBytes(usage.sizeBytes)}${usage.sizeBytes > LARGE ? LARGE_STORE : ''}` },
    ];
  } finally {
    await store.close();
  }
}

/** The embedded runner, and those that `--runner` may name in its place. */
async function runnerFindings(id: RunnerId, store: Store): Promise<Finding[]> {
  const runner = runnerOf(id, store);
  try {
    const able = await runner.available();
    const isOwn = id === 'embedded';
    const optional = isOwn ? {} : { optional: true as const };
    const what = `run: ${id}`;
    if (!able.ok) return [{ what, ok: false, says: able.why, remedy: able.remedy, ...optional }];
    const says = isOwn ? 'Linux namespaces' : `runs and checks images with \`--runner ${id}\``;
    const lacks = able.lacks.map(({ ability, why, remedy }) => {
      const named = isOwn ? `run: ${ability}` : `${what}: ${ability}`;
      return { what: named, ok: false, says: why, remedy, ...optional };
    });
    return [{ what, ok: true, says }, ...lacks];
  } finally {
    await runner.close();
  }
}

/** What builds a Dockerfile, where somebody wants that. */
const BUILDERS = ['buildkit', 'docker', 'podman'] as const;

async function builderFinding(engine: Engine): Promise<Finding> {
  const what = `build: ${engine.id}`;
  const able = await engine.available();
  return able.ok
    ? { what, ok: true, says: `builds the repository’s Dockerfile with \`--engine ${engine.id}\`` }
    : { what, ok: false, says: able.why, remedy: able.remedy, optional: true };
}

function screen(findings: readonly Finding[]): string {
  const paint = paintFor(process.stdout);
  const width = Math.max(...findings.map((f) => f.what.length));
  const lines = findings.flatMap((f) => [
    `${f.ok ? paint.green('✓') : paint.yellow('!')} ${f.what.padEnd(width)}  ${f.says}`,
    ...(f.remedy === undefined ? [] : [`  ${' '.repeat(width)}  ${paint.yellow(f.remedy)}`]),
  ]);
  const lacking = findings.filter((f) => !f.ok && !f.optional).length;
  lines.push(
    '',
    lacking === 0
      ? 'everything can be built, run and measured here'
      : `${lacking} of ${findings.length} lacking; what depends on them fails with the remedy, or ends unproven: not measurable on this machine`,
  );
  return `${lines.join('\n')}\n`;
}
