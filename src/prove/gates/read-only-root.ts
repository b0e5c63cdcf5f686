import type { Evidence } from '../../base/index.ts';
import type { Driven, Observation } from '../container/observe.ts';
import { readOnlyRefusals } from '../container/log.ts';
import { nameOf } from '../container/requests.ts';
import { isBroken, NOT_UP } from '../container/trial.ts';
import { mountFor, writtenPaths } from '../container/written.ts';
import { failed, gate, listed, passed, seen } from '../outcome.ts';
import { count } from '../quantity.ts';
import type { Outcome, Subject, Trial } from '../types.ts';

export const readOnlyRoot = gate({
  id: 'read-only-root',
  level: 'required',
  promise: 'The service does its work with a read-only root, writing only where the contract says.',
  why: 'Whoever breaks in cannot change the program, and nothing that matters is lost with the container.',
  source: 'Kubernetes, `readOnlyRootFilesystem`; Docker, `--read-only`',
  needs: ['runner'],
  async measure(subject) {
    return judge(subject, await subject.trial());
  },
});

function judge(subject: Subject, trial: Trial): Outcome {
  const { readOnly, writable } = trial;
  const refusals = readOnlyRefusals(readOnly.logs);
  // A refused write is told by the log alone; with a writable root the folder may belong to another user.
  if (!readOnly.readiness.ready && !writable?.readiness.ready && refusals.length === 0) return NOT_UP;
  const blamed = writable ? onlyReadOnly(readOnly, writable) : [];
  if (!readOnly.readiness.ready || refusals.length > 0 || blamed.length > 0) return refused(subject, trial, refusals, blamed);
  return works(subject, readOnly);
}

function works({ contract }: Subject, { answers }: Observation): Outcome {
  const answered = answers.filter((it) => it.answer.answered).length;
  const broken = answers.filter(isBroken).map(nameOf);
  const why = broken.length > 0 ? `${listed(broken)} fails with any root` : undefined;
  const paths = contract.writablePaths.map((it) => it.path);
  return passed([seen('requests', `${answered} of ${answers.length} answered`), seen('writable', paths.join(', ') || 'nothing')], {
    measured: count(answered, 'request answered', 'requests answered'),
    why,
  });
}

/** What fails with a read-only root and not with a writable one. */
function onlyReadOnly(readOnly: Observation, writable: Observation): readonly Driven[] {
  return readOnly.answers.filter((it) => isBroken(it) && writable.answers.some((other) => isSame(other, it) && !isBroken(other)));
}

/** One path may have several probes, each with an answer of its own. */
const isSame = (a: Driven, b: Driven): boolean => a.probe === b.probe && nameOf(a) === nameOf(b);

function refused(
  subject: Subject,
  { readOnly, writable }: Trial,
  refusals: ReturnType<typeof readOnlyRefusals>,
  blamed: readonly Driven[],
): Outcome {
  const declared = subject.contract.writablePaths.map((it) => it.path);
  const paths = writtenPaths([...refusals.flatMap((it) => it.path ?? []), ...(writable?.changes ?? []).map((it) => it.path)], declared);
  const where = paths.length > 0 ? `it writes ${listed(paths)}` : 'it writes somewhere that the log does not name';
  const how = !readOnly.readiness.ready
    ? 'it does not start'
    : blamed.length > 0
      ? `${listed(blamed.map(nameOf))} fails`
      : 'a write is refused';
  const line = refusals[0]?.line.text ?? readOnly.logs.at(-1)?.text ?? 'nothing was printed';
  const more: Evidence[] = paths.map((path) => seen('written', path));
  return failed(
    `${where}; with a read-only root ${how}`,
    fixFor(paths, new Set((writable?.changes ?? []).flatMap((it) => (it.type === 'file' ? it.path : []))), subject),
    [seen('log', line.trim()), ...more],
    count(paths.length, 'undeclared path'),
  );
}

function fixFor(paths: readonly string[], files: ReadonlySet<string>, { contract: { workingDir: root }, service }: Subject): string {
  const mounts = [...new Set(paths.flatMap((path) => mountFor(path, root, files.has(path)) ?? []))];
  if (!service && mounts.length > 0)
    return `where it runs, mount ${mounts.join(', ')} as a tmpfs or a volume; \`${mounts.map((it) => `--writable ${it}`).join(' ')}\` says so to the proof`;
  if (mounts.length > 0) return `add \`writable: [${mounts.join(', ')}]\` to plimsoll.yaml (\`volumes:\` for what must be kept)`;
  return `write below /tmp, or below a folder of its own that ${service ? '`writable:` in plimsoll.yaml' : '`--writable`'} names: ${root} itself holds the program`;
}
