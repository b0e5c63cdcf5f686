import type { Progress } from '../base/index.ts';
import { openStore, type Store } from '../base/node.ts';
import type { RegistryName } from '../image/index.ts';
import type { Proof } from '../prove/index.ts';
import { besideLines, buildLines, decisionLines, gateLines, headline, verdictLine, type BuildSummary } from '../report/index.ts';
import { buildProject, type BuiltImage } from './build-project.ts';
import { EXIT } from './exit.ts';
import { nextStep } from './next-step.ts';
import { flagsOf, hostPlatform, type BuildOptions, type ProofOptions } from './options.ts';
import { openProject, type Project } from './project.ts';
import { proveImage } from './prove-image.ts';
import { destinationOf, pushBuilt, type Destination } from './push.ts';
import { refuseTwoOutputs, reportsToStdout, writeReports } from './reports.ts';
import { paintFor, widthOf } from './terminal.ts';

export interface Screen {
  readonly progress: Progress;
  /** Clears live progress before something is printed. */
  readonly stop: () => void;
  readonly signal: AbortSignal;
}

/** What came of one service. */
export interface Shipped {
  readonly project: Project;
  readonly summary: BuildSummary;
  readonly proof: Proof;
  readonly pushed?: Destination;
}

export type ShipOptions = BuildOptions & ProofOptions;

/** plan, build, prove, report. Returns the exit code. */
export async function shipProject(path: string, options: ShipOptions, screen: Screen): Promise<number> {
  destinationOf(options); // a wrong name is said before anything is built
  refuseTwoOutputs(options);
  const project = await openProject(path, flagsOf(options));
  const out = options.json || reportsToStdout(options) ? process.stderr : process.stdout;
  const say = (lines: readonly string[]): void => {
    screen.stop();
    if (!options.json) out.write(`${lines.join('\n')}\n`);
  };
  const store = await openStore();
  try {
    const { summary, proof, pushed } = await shipOpened(project, options, screen, store, { say, out });
    if (options.json)
      process.stdout.write(`${JSON.stringify({ schema: 'plimsoll/ship/1', ...shippedJson(summary, proof, pushed) }, null, 2)}\n`);
    const shown = options.package === undefined ? path : project.root;
    if (!options.json && !reportsToStdout(options))
      out.write(`\n${await nextStep(proof, summary.image.ref, shown, project.plan, pushed)}\n`);
    return exitOf(proof);
  } finally {
    await store.close();
  }
}

/** Builds, checks and pushes one service. `say` gets what people read, `out` is where that goes. */
export async function shipOpened(
  project: Project,
  options: ShipOptions,
  screen: Screen,
  store: Store,
  { say, out }: { readonly say: (lines: readonly string[]) => void; readonly out: NodeJS.WriteStream },
): Promise<Shipped> {
  const began = performance.now();
  const destination = destinationOf(options);
  const style = { paint: paintFor(out), width: widthOf(out) };
  say([headline(project.plan, style), '', style.paint.bold('Decided'), ...decisionLines(project.plan.decisions, style), '']);
  const host = hostPlatform();
  const built = await buildProject(project, { ...options, platform: options.platform ?? [host] }, screen.progress, screen.signal, store);
  say([
    style.paint.bold('Built'),
    ...built.flatMap((b) => buildLines(b.summary, style)),
    ...[...new Set(built.flatMap((b) => b.summary.notes))].map((n) => `  ${style.paint.yellow('note')}: ${n}`),
    '',
  ]);
  const [local] = built.filter((b) => b.summary.image.platform === `${host.os}/${host.architecture}`).concat(built);
  if (!local) throw new Error('nothing was built');
  const proof = await proveImage(local.image, project, options, store, screen, local.built.lock);
  say([
    style.paint.bold('Checked'),
    ...gateLines(proof.gates, style),
    ...besideLines(proof, style),
    '',
    `${verdictLine(proof, style)}  ${style.paint.dim(`in ${((performance.now() - began) / 1000).toFixed(1)} s`)}`,
  ]);
  const pushed = destination && exitOf(proof) === EXIT.fine ? await push(built, destination, store, screen) : undefined;
  if (destination) say([pushed ? `pushed ${pushed.name}  ${style.paint.dim(pushed.says)}` : 'not pushed: only what is fit is']);
  await writeReports(options, project, local.image, local.summary.image, proof);
  return { project, summary: local.summary, proof, ...(pushed ? { pushed } : {}) };
}

export const exitOf = (proof: Proof): number => ({ fit: EXIT.fine, unfit: EXIT.unfit, unproven: EXIT.machine })[proof.verdict];

/** The fields others rely on: src/report/json/index.ts. */
export const gatesJson = (gates: Proof['gates']): readonly object[] =>
  gates.map(({ id, required, levelBy, promise, outcome, limit, tookMs }) => ({
    id,
    required,
    ...(levelBy === undefined ? {} : { levelBy }),
    promise,
    ...outcome,
    ...(limit ? { limit } : {}),
    tookMs: Math.round(tookMs),
  }));

export const proofJson = (proof: Proof): object => ({
  gates: gatesJson(proof.gates),
  runs: proof.runs,
  ...(proof.beside === undefined ? {} : { beside: proof.beside }),
  verdict: proof.verdict,
  ...(proof.profile === undefined ? {} : { profile: proof.profile }),
  allowedUnproven: proof.allowed,
});

const push = (built: readonly BuiltImage[], to: RegistryName, store: Store, screen: Screen): Promise<Destination> =>
  pushBuilt(
    built.map(({ image }) => image),
    to,
    store,
    screen,
  );

/** What `ship --json` says of one service: src/report/json/index.ts. */
export const shippedJson = (summary: BuildSummary, proof: Proof, pushed: Destination | undefined): object => ({
  ...summary,
  ...(pushed ? { pushed: pushed.name } : {}),
  ...proofJson(proof),
});
