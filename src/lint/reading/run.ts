import type { Source } from './source.ts';
import type { Mount } from './types.ts';

export interface RunFlags {
  readonly mounts: readonly Mount[];
  /** All of them as one text, the same for RUNs with the same flags. */
  readonly key: string;
}

const NETWORKS = ['none', 'host', 'default'];
const SECURITIES = ['insecure', 'sandbox'];

const NO_FLAGS: RunFlags = { mounts: [], key: '[[],[]]' };

/** The flags of RUN. What begins with another flag is a command to hadolint. */
export function runFlags(source: Source): RunFlags {
  if (!source.sees('--')) return NO_FLAGS;
  const mounts: Mount[] = [];
  const others: string[] = [];
  for (;;) {
    if (source.skip('--mount=')) mounts.push(mount(source));
    else if (source.skip('--network=')) others.push(`network ${oneOf(source, NETWORKS)}`);
    else if (source.skip('--security=')) others.push(`security ${oneOf(source, SECURITIES)}`);
    else break;
    const { at } = source;
    if (source.space() && source.sees('--')) continue;
    source.at = at;
    source.space();
    break;
  }
  return { mounts, key: JSON.stringify([[...new Set(mounts.map((m) => JSON.stringify(m)))].toSorted(), others]) };
}

const oneOf = (source: Source, texts: readonly string[]): string => texts.find((text) => source.skip(text)) ?? source.refuse();

const TYPES = ['bind', 'cache', 'tmpfs', 'secret', 'ssh'] as const;

/** The options that each type of mount has. */
const SECRET = ['target', 'id', 'required', 'source', 'mode', 'uid', 'gid', 'env'];
const ALLOWED: Readonly<Record<Mount['type'], readonly string[]>> = {
  bind: ['target', 'source', 'from', 'ro', 'relabel'],
  cache: ['target', 'sharing', 'id', 'ro', 'from', 'source', 'mode', 'uid', 'gid'],
  tmpfs: ['target', 'size'],
  secret: SECRET,
  ssh: SECRET,
};

function mount(source: Source): Mount {
  const options: Record<string, string> = {};
  do {
    const [name, value] = option(source);
    if (Object.hasOwn(options, name)) source.refuse();
    options[name] = value;
  } while (source.skip(','));
  const type = TYPES.find((known) => known === (options['type'] ?? 'bind')) ?? source.refuse();
  delete options['type'];
  const needsTarget = type !== 'secret' && type !== 'ssh';
  if (Object.keys(options).some((name) => !ALLOWED[type].includes(name)) || (needsTarget && options['target'] === undefined))
    source.refuse();
  return { type, options: Object.fromEntries(Object.entries(options).toSorted(([a], [b]) => (a < b ? -1 : 1))) };
}

/** Options with any text as value, and how else they are written. */
const TEXTS: Readonly<Record<string, string>> = {
  env: 'env',
  from: 'from',
  gid: 'gid',
  id: 'id',
  mode: 'mode',
  size: 'size',
  source: 'source',
  src: 'source',
  target: 'target',
  dst: 'target',
  destination: 'target',
  uid: 'uid',
};

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  sharing: ['private', 'shared', 'locked'],
  type: TYPES,
  relabel: ['shared', 'private'],
};

function option(source: Source): readonly [string, string] {
  for (const [written, name] of Object.entries(TEXTS)) {
    if (!source.skip(`${written}=`)) continue;
    return [name, source.char === '"' ? source.literal('"') : source.word(',')];
  }
  for (const [name, choices] of Object.entries(CHOICES)) if (source.skip(`${name}=`)) return [name, oneOf(source, choices)];
  return readOnly(source) ?? required(source) ?? relabel(source) ?? source.refuse();
}

function readOnly(source: Source): readonly [string, string] | undefined {
  for (const [written, means] of [
    ['ro', true],
    ['readonly', true],
    ['rw', false],
    ['readwrite', false],
  ] as const) {
    if (!source.skipWord(written)) continue;
    const negated = source.skipWord('=false') || (source.skipWord('=true') && false);
    return ['ro', String(means !== negated)];
  }
  return undefined;
}

function required(source: Source): readonly [string, string] | undefined {
  if (!source.skip('required')) return undefined;
  if (source.skip('=false') || source.skip('=False')) return ['required', 'false'];
  if (!source.skip('=true')) source.skip('=True');
  return ['required', 'true'];
}

function relabel(source: Source): readonly [string, string] | undefined {
  if (source.skip('z')) return ['relabel', 'shared'];
  return source.skip('Z') ? ['relabel', 'private'] : undefined;
}
