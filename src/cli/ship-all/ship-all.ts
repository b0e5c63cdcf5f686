import { messageOf, UserError, type Progress } from '../../base/index.ts';
import { openStore, type Store } from '../../base/node.ts';
import { gateLines, shipAllLines, type ShipAllRow } from '../../report/index.ts';
import { exitCodeOf, explainError } from '../exit.ts';
import { flagsOf } from '../options.ts';
import { exitOf, shipOpened, shippedJson, type Screen, type Shipped, type ShipOptions } from '../ship-project.ts';
import { paintFor, widthOf } from '../terminal.ts';
import { findServices, type Found, type FoundService } from './find-services.ts';
import { inParallel } from './in-parallel.ts';
import { nameOf, optionsFor, refuseClashes, refuseShared } from './options-for.ts';

export interface ShipAllOptions extends ShipOptions {
  readonly jobs: number;
}

/** What came of one service. */
type Ended = { readonly path: string } & ({ readonly shipped: Shipped } | { readonly name?: string; readonly error: unknown });

/**
 * Ships every service below a folder, some at once; one that fails stops no other. Returns the worst exit code.
 * Throws UserError where there is no service, and for options that all would share.
 */
export async function shipAll(path: string, options: ShipAllOptions, screen: Screen): Promise<number> {
  refuseShared(options);
  const found = await findServices(path, flagsOf(options));
  refuseNone(path, found);
  refuseClashes(found.services, options);
  const say = (text: string): void => {
    screen.stop();
    if (options.json !== true) process.stdout.write(`${text}\n`);
  };
  const store = await openStore();
  try {
    const ended = await shipEach(found.services, options, screen, store, say);
    screen.signal.throwIfAborted();
    if (options.json === true) process.stdout.write(`${JSON.stringify(documentOf(found, ended), null, 2)}\n`);
    else say(`\n${shipAllLines(ended.map(rowOf), found.passedOver, styleOf()).join('\n')}`);
    return worst(ended.map(exitOfEnded));
  } finally {
    await store.close();
  }
}

function refuseNone(path: string, { services, passedOver }: Found): void {
  if (services.length > 0) return;
  const passed = passedOver.map((each) => `${each.path} (${each.why})`).join(', ');
  throw new UserError(
    `no service below \`${path}\`${passed === '' ? '' : `; passed over: ${passed}`}`,
    'a folder with plimsoll.yaml is one, and so is one with a manifest in which something starts',
  );
}

async function shipEach(
  services: readonly FoundService[],
  options: ShipAllOptions,
  screen: Screen,
  store: Store,
  say: (text: string) => void,
): Promise<readonly Ended[]> {
  const results = await inParallel(services, options.jobs, async (service): Promise<Ended> => {
    screen.signal.throwIfAborted();
    const ended = await shipOne(service, options, screen, store);
    if (!screen.signal.aborted) say(endLines(ended).join('\n'));
    return ended;
  });
  return results.map((result, index) =>
    result.status === 'fulfilled' ? result.value : { path: services[index]?.path ?? '', error: result.reason as unknown },
  );
}

async function shipOne(service: FoundService, options: ShipAllOptions, screen: Screen, store: Store): Promise<Ended> {
  const { path } = service;
  if ('error' in service) return { path, error: service.error };
  const own = { ...screen, progress: named(path, screen.progress) };
  try {
    const out = { say: () => {}, out: process.stdout };
    return { path, shipped: await shipOpened(service.project, optionsFor(service.project, options), own, store, out) };
  } catch (error) {
    return { path, name: nameOf(service.project), error };
  }
}

/** Tasks of several services have the same names. */
const named =
  (path: string, progress: Progress): Progress =>
  (event) =>
    progress({ ...event, task: `${path}: ${event.task}` });

const styleOf = () => ({ paint: paintFor(process.stdout), width: widthOf(process.stdout) });

/** One line; below it what is wrong. */
function endLines(ended: Ended): string[] {
  const { path, verdict } = rowOf(ended);
  if ('error' in ended) return [`${path}: ${verdict}`, explainError(ended.error, false).trimEnd()];
  const wrong = ended.shipped.proof.gates.filter(({ outcome }) => outcome.outcome === 'failed' || outcome.outcome === 'unproven');
  return [`${path}: ${verdict}`, ...(wrong.length > 0 ? gateLines(wrong, styleOf()) : [])];
}

const VERDICTS = { fit: 'fit', unfit: 'not fit', unproven: 'unproven' } as const;

function rowOf(ended: Ended): ShipAllRow {
  const { path } = ended;
  if ('error' in ended) return { path, name: ended.name ?? '–', verdict: 'failed', why: messageOf(ended.error) };
  const { project, summary, proof, pushed } = ended.shipped;
  const failed = proof.gates.filter((g) => g.required && g.outcome.outcome === 'failed').map(({ id }) => id);
  return {
    path,
    name: nameOf(project),
    verdict: VERDICTS[proof.verdict],
    sizeBytes: summary.image.size.uncompressed,
    digest: summary.image.digest,
    ref: pushed?.name ?? summary.image.ref,
    ...(failed.length > 0 ? { why: `failed: ${failed.join(', ')}` } : {}),
  };
}

const exitOfEnded = (ended: Ended): number => ('error' in ended ? exitCodeOf(ended.error) : exitOf(ended.shipped.proof));

/** The worst first: a bug, a wrong request, what was judged and is not, what could not be judged. */
const SEVERITY: readonly number[] = [70, 2, 1, 3];
const worst = (codes: readonly number[]): number => SEVERITY.find((code) => codes.includes(code)) ?? 0;

/** The fields others rely on: src/report/json/index.ts. */
const documentOf = ({ passedOver }: Found, ended: readonly Ended[]): object => ({
  schema: 'plimsoll/ship-all/1',
  services: ended.map((each) => ({
    path: each.path,
    exitCode: exitOfEnded(each),
    ...('error' in each ? { error: errorJson(each.error) } : shippedOne(each.shipped)),
  })),
  passedOver,
  exitCode: worst(ended.map(exitOfEnded)),
});

const shippedOne = ({ project, summary, proof, pushed }: Shipped): object => ({
  name: nameOf(project),
  ...shippedJson(summary, proof, pushed),
});

function errorJson(error: unknown): object {
  const at = error instanceof UserError ? error.at : undefined;
  const hint = error instanceof Error && 'hint' in error ? { hint: error.hint } : {};
  return { message: messageOf(error), ...hint, ...(at ? { at } : {}) };
}
