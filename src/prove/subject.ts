import { EnvironmentError, once } from '../base/index.ts';
import { flatten, type Image, type ImageTree } from '../image/index.ts';
import type { RuntimeContract } from '../plan/index.ts';
import type { CompanionProgram, RunOptions, Runner } from '../run/index.ts';
import type { Service } from '../service/index.ts';
import { besideOf, type Choice } from './companions/wanted.ts';
import { withDoubles } from './container/doubles.ts';
import { recorded, runsToShow, type Recording } from './container/record.ts';
import { trialOf } from './container/trial.ts';
import { readOnce } from './read-once.ts';
import type { AllowedSecret } from './secrets/finding.ts';
import { redactor } from './secrets/redact.ts';
import type { Budget, DockerfileText, Double, GivenValue, Pins, Probe, Subject } from './types.ts';
import { environmentOf } from './values.ts';

/** What a subject is made of. */
export interface SubjectParts {
  readonly image: Image;
  readonly contract: RuntimeContract;
  readonly service?: Service | undefined;
  readonly budget: Budget;
  readonly pins?: Pins | undefined;
  /** The one that made the image. */
  readonly dockerfile?: DockerfileText | undefined;
  readonly rebuild?: (() => Promise<Image>) | undefined;
  readonly scanned?: Subject['scanned'] | undefined;
  readonly values?: readonly GivenValue[];
  readonly probes?: readonly Probe[];
  readonly checked?: Subject['checked'];
  readonly isPortOfCheckAlone?: boolean;
  readonly allowedSecrets?: readonly AllowedSecret[];
  readonly doubles?: readonly Double[];
  readonly companions?: readonly CompanionProgram[];
  readonly choice?: Choice;
  /** Absent where nothing can be run. */
  readonly runner?: Runner | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Makes a subject. Nothing is read or run before a gate asks for it. */
export function subjectOf(parts: SubjectParts): Subject {
  const { contract, service, budget, pins, dockerfile, rebuild, scanned, runner, signal } = parts;
  const image = readOnce(parts.image);
  const values = parts.values ?? [];
  const tree = once<ImageTree>(async () => flatten(await image.layers()));
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();
  const options: RunOptions = {
    environment: environmentOf(values),
    readOnlyRoot: true,
    writablePaths: contract.writablePaths.map((it) => it.path),
    ...(parts.companions ? { companions: parts.companions } : {}),
    hosts: (parts.choice?.wanted ?? []).flatMap((it) => it.hosts),
    signal: AbortSignal.any([closing.signal, ...(signal ? [signal] : [])]),
  };
  const redact = redactor(values, contract.environment);
  const recordings: Recording[] = [];
  const runFor =
    (isTrial: boolean): Subject['run'] =>
    (use, over = {}) => {
      if (!runner) throw new EnvironmentError('nothing here can run a container', '`plimsoll doctor` says what to install');
      const all = { ...options, ...over };
      const record = recorded((it) => recordings.push(it), { isTrial, readOnlyRoot: all.readOnlyRoot }, redact);
      const run = runner.run(parts.image, all, withDoubles(parts.doubles ?? [], record(use)));
      running.add(run);
      const forget = (): unknown => running.delete(run);
      run.then(forget, forget);
      return run;
    };
  const subject: Subject = {
    image,
    contract,
    budget,
    ...(service ? { service } : {}),
    ...(pins ? { pins } : {}),
    ...(dockerfile ? { dockerfile } : {}),
    ...(rebuild ? { rebuild } : {}),
    ...(scanned ? { scanned } : {}),
    values,
    probes: parts.probes ?? [],
    checked: parts.checked ?? [],
    isPortOfCheckAlone: parts.isPortOfCheckAlone ?? false,
    allowedSecrets: parts.allowedSecrets ?? [],
    companions: (parts.companions ?? []).map((it) => it.name),
    beside: parts.choice ? besideOf(parts.choice) : [],
    tree,
    run: runFor(false),
    trial: once(() => trialOf({ ...subject, run: runFor(true) })),
    seenRuns: () => runsToShow(recordings, contract.stop.signal),
    async close(why = new Error('the proof is over')) {
      closing.abort(why);
      await Promise.allSettled(running);
    },
  };
  return subject;
}
