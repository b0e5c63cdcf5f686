import type { Lock } from './types.ts';

/** One thing that a lock names, before and after; where one is absent, the other lock does not name it. */
export interface LockChange {
  readonly kind: 'base' | 'debian' | 'python';
  readonly name: string;
  readonly before?: string;
  readonly after?: string;
  /** Architectures that it is so on; empty where that makes no difference. */
  readonly on: readonly string[];
}

/** What one lock names otherwise than another, by kind and name. */
export function lockChanges(before: Lock | undefined, after: Lock): LockChange[] {
  return [
    ...changes('base', basesOf(before), basesOf(after)),
    ...changes('debian', debianOf(before), debianOf(after)),
    ...changes('python', pythonOf(before), pythonOf(after)),
  ];
}

/** Versions by name, then by architecture. */
type Named = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Digests by reference, then by architecture. */
function basesOf(lock: Lock | undefined): Named {
  const named = new Map<string, Map<string, string>>();
  for (const { reference, platform, digest } of lock?.bases ?? []) within(named, reference).set(architectureOf(platform), digest);
  return named;
}

const architectureOf = (platform: string): string => platform.slice(platform.indexOf('/') + 1);

function debianOf(lock: Lock | undefined): Named {
  const named = new Map<string, Map<string, string>>();
  for (const { name, version, for: architecture } of lock?.debian?.packages ?? []) within(named, name).set(architecture, version);
  return named;
}

/** Lines of a requirements file with exact versions, and what is built of sources by commit or hash; the same package may stand there more than once, under markers. */
function pythonOf(lock: Lock | undefined): Named {
  const named = new Map<string, Map<string, string>>();
  const lines = (lock?.python?.requirements ?? '').matchAll(/^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*==\s*([^\s;\\]+)/gm);
  for (const [, name = '', version = ''] of lines) {
    const versions = within(named, name);
    versions.set('', [versions.get(''), version].filter((each) => each !== undefined).join(', '));
  }
  for (const { name, commit, sha256 } of lock?.sources ?? []) within(named, name).set('', commit ?? sha256 ?? '');
  return named;
}

function within(named: Map<string, Map<string, string>>, name: string): Map<string, string> {
  const found = named.get(name) ?? new Map<string, string>();
  named.set(name, found);
  return found;
}

function changes(kind: LockChange['kind'], before: Named, after: Named): LockChange[] {
  return [...new Set([...before.keys(), ...after.keys()])].toSorted().flatMap((name) => {
    const [old, now] = [before.get(name), after.get(name)];
    const architectures = [...new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])].toSorted();
    const alike = new Map<string, LockChange>();
    for (const architecture of architectures) {
      const [from, to] = [old?.get(architecture), now?.get(architecture)];
      if (from === to) continue;
      const on = [...(alike.get(`${from} ${to}`)?.on ?? []), ...(architecture === '' ? [] : [architecture])];
      alike.set(`${from} ${to}`, {
        kind,
        name,
        ...(from === undefined ? {} : { before: from }),
        ...(to === undefined ? {} : { after: to }),
        on,
      });
    }
    return [...alike.values()];
  });
}
