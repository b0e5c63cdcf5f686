import { EnvironmentError, UserError } from '../base/index.ts';
import { gates as allGates } from './gates/index.ts';
import { unproven } from './outcome.ts';
import { milliseconds } from './quantity.ts';
import { ownerSensitive } from './owners.ts';
import { redactAll, redactor } from './secrets/redact.ts';
import type { Gate, GateResult, Outcome, Proof, ProveOptions, Subject } from './types.ts';
import { verdictOf } from './verdict.ts';

/** Each wait ends by itself; this is for all together, whatever an image does. */
const WITHIN_MS = 30 * 60_000;

/** Containers that run at one time: a proof must not starve what it measures. */
const CONTAINERS = 2;

/**
 * Measures the gates. Those that measure time run first, each alone; then the static ones beside the other running
 * ones, of which two at a time. What the runner lacks becomes `unproven` here.
 * Throws UserError for a gate that does not exist; what a gate throws is a bug unless it is an EnvironmentError.
 */
export async function prove(subject: Subject, options: ProveOptions, gates: readonly Gate[] = allGates): Promise<Proof> {
  const chosen = chooseGates(gates, options);
  const { withinMs = WITHIN_MS } = options;
  const late = new EnvironmentError(`the proof took longer than ${milliseconds(withinMs).text}`, '`--only` measures fewer gates at a time');
  const clock = setTimeout(() => void subject.close(late), withinMs);
  return measureAll(chosen, subject, options).finally(() => {
    clearTimeout(clock);
    return subject.close();
  });
}

async function measureAll(chosen: readonly Gate[], subject: Subject, options: ProveOptions): Promise<Proof> {
  const results = new Map<string, GateResult>();
  const one = async (gate: Gate): Promise<void> => {
    results.set(gate.id, await judge(gate, subject, options));
    options.progress?.({
      task: 'gates',
      detail: gate.id,
      current: results.size,
      total: chosen.length,
      done: results.size === chosen.length,
    });
  };
  options.progress?.({ task: 'gates', current: 0, total: chosen.length });
  const running = chosen.filter((gate) => gate.needs.length > 0);
  // What measures time has the machine to itself; reading the image would take a core from it.
  await each(
    running.filter((gate) => gate.alone),
    1,
    one,
  );
  await settled([
    each(
      chosen.filter((gate) => gate.needs.length === 0),
      1,
      one,
    ),
    each(
      running.filter((gate) => !gate.alone),
      CONTAINERS,
      one,
    ),
  ]);
  const redact = redactor(subject.values, subject.contract.environment);
  const ordered = chosen
    .flatMap((gate) => results.get(gate.id) ?? [])
    .map((result) => ({ ...result, outcome: redactAll(result.outcome, redact) }));
  const verdict = verdictOf(ordered, options.allowUnproven ?? []);
  return {
    digest: await subject.image.digest(),
    contract: subject.contract,
    gates: ordered,
    runs: subject.seenRuns(),
    ...(subject.beside.length > 0 ? { beside: redactAll(subject.beside, redact) } : {}),
    ...(options.profile ? { profile: options.profile.id } : {}),
    ...verdict,
  };
}

function chooseGates(gates: readonly Gate[], { only, skip, allowUnproven }: ProveOptions): readonly Gate[] {
  const known = new Set(gates.map((gate) => gate.id));
  for (const id of [...(only ?? []), ...(skip ?? []), ...(allowUnproven ?? [])])
    if (!known.has(id)) throw new UserError(`there is no gate \`${id}\``, `the gates are ${[...known].join(', ')}`);
  return only === undefined ? gates : gates.filter((gate) => only.includes(gate.id));
}

async function judge(gate: Gate, subject: Subject, options: ProveOptions): Promise<GateResult> {
  const start = performance.now();
  const outcome = await outcomeOf(gate, subject, options);
  const limit = gate.limit?.(subject);
  const there = options.profile?.levels.find((it) => it.gate === gate.id);
  return {
    id: gate.id,
    required: (there?.level ?? gate.level) === 'required',
    ...(options.profile && there ? { levelBy: `${options.profile.id}: ${there.why} (${there.source})` } : {}),
    promise: gate.promise,
    outcome,
    ...(limit ? { limit } : {}),
    tookMs: Math.round(performance.now() - start),
  };
}

async function outcomeOf(gate: Gate, subject: Subject, options: ProveOptions): Promise<Outcome> {
  if (options.skip?.includes(gate.id)) return { outcome: 'skipped', why: 'left out on request' };
  try {
    return (await lacking(gate, subject, options)) ?? (await gate.measure(subject));
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return unproven(error.message, error.hint);
  }
}

/** Why this machine cannot measure a gate; undefined when it can. */
async function lacking(gate: Gate, subject: Subject, { availability }: ProveOptions): Promise<Outcome | undefined> {
  if (gate.needs.length === 0) return undefined;
  if (!availability.ok) return unproven(availability.why, availability.remedy);
  const lack = availability.lacks.find((it) => gate.needs.includes(it.ability));
  if (lack) return unproven(lack.why, lack.remedy);
  const owners = availability.lacks.find((it) => it.ability === 'owners');
  // With one mapped id every file seems to belong to the service. That changes nothing where all may read all.
  const closed = owners ? ownerSensitive(await subject.tree(), subject.contract.user) : [];
  const [first] = closed;
  if (!owners || first === undefined) return undefined;
  return unproven(`${owners.why}; so \`/${first}\`, which the service's user may not read, would be readable here`, owners.remedy);
}

async function each<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await settled(Array.from({ length: Math.min(atOnce, items.length) }, worker));
}

/** Waits for all, also after a failure: no container may outlive the call. */
async function settled(work: readonly Promise<void>[]): Promise<void> {
  const failure = (await Promise.allSettled(work)).find((it) => it.status === 'rejected');
  if (failure) throw failure.reason;
}
