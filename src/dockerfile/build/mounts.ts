import { csvFields, isSize, parseBoolean, parseUnsigned } from './go-values.ts';
import { refusal, type Refusal } from './refusal.ts';

/** `RUN --mount=…`, as far as it is known before the build (instructions/commands_runmount.go). */
export interface Mount {
  readonly type: string;
  readonly from: string;
  readonly source: string;
  readonly target: string;
  readonly id: string;
}

/** The value of a field with its variables put in. Throws what `Refused` carries. */
export type Expand = (text: string) => string | Refusal;

const TYPES = new Set(['bind', 'cache', 'tmpfs', 'secret', 'ssh']);
const SHARING = new Set(['shared', 'private', 'locked']);
const KEYS = new Set(
  'type from source target readonly id sharing required size mode uid gid src dst destination ro rw readwrite env'.split(' '),
);
const hint = 'the Dockerfile reference, "RUN --mount", lists the keys of each type';

/**
 * Reads a mount. Without `expand` only what does not wait for variables is looked at: the quotes, and `from`, which
 * takes none.
 */
export function parseMount(value: string, expand?: Expand): Mount | Refusal {
  const fields = csvFields(value);
  if (fields === undefined)
    return refusal('bad-mount', `\`${value}\` cannot be parted at its commas`, 'close every quote, or leave them out');
  const draft: Draft = { type: 'bind', values: {} };
  for (const field of fields) {
    const problem = readField(field, draft, expand);
    if (problem !== undefined) return problem;
  }
  const problem = checkWhole(draft);
  if (problem !== undefined) return problem;
  const { from = '', source = '', target = '', id = '' } = draft.values;
  return { type: draft.type, from, source, target, id };
}

interface Draft {
  type: string;
  values: Record<string, string>;
}

function readField(field: string, draft: Draft, expand: Expand | undefined): Refusal | undefined {
  const equals = field.indexOf('=');
  const key = (equals === -1 ? field : field.slice(0, equals)).toLowerCase();
  if (equals === -1) return expand === undefined ? undefined : readBareKey(key, field, draft);
  const raw = field.slice(equals + 1);
  if (expand === undefined) {
    if (key !== 'from') return undefined;
    const dollar = raw.indexOf('$');
    if (dollar !== -1 && dollar !== raw.length - 1) {
      return refusal('mount-from-variable', '`from` of a mount takes no variable', 'name a stage with `FROM $NAME AS stage` and use that');
    }
    draft.values['from'] = raw;
    return undefined;
  }
  const value = expand(raw);
  return typeof value === 'string' ? readValue(key, value, field, draft) : value;
}

function readBareKey(key: string, field: string, { type }: Draft): Refusal | undefined {
  if (['readonly', 'ro', 'readwrite', 'rw'].includes(key)) return undefined;
  if (key !== 'required') return refusal('bad-mount', `\`${field}\` has no value`, hint);
  return type === 'secret' || type === 'ssh' ? undefined : notFor(key, type);
}

const notFor = (key: string, type: string): Refusal => refusal('bad-mount', `\`${key}\` is no key of a mount of type ${type}`, hint);

const canonical: Readonly<Record<string, string>> = {
  src: 'source',
  dst: 'target',
  destination: 'target',
  ro: 'readonly',
  rw: 'readwrite',
};

function readValue(written: string, value: string, field: string, draft: Draft): Refusal | undefined {
  const key = canonical[written] ?? written;
  const bad = refusal('bad-mount', `\`${value}\` is no value of \`${key}\``, hint);
  if (!KEYS.has(written)) return refusal('bad-mount', `\`${written}\` in \`${field}\` is no key of a mount`, hint);
  switch (key) {
    case 'type':
      if (!TYPES.has(value.toLowerCase())) return bad;
      draft.type = value.toLowerCase();
      return undefined;
    case 'required':
      if (draft.type !== 'secret' && draft.type !== 'ssh') return notFor(key, draft.type);
      return parseBoolean(value) === undefined ? bad : undefined;
    case 'readonly':
    case 'readwrite':
      return parseBoolean(value) === undefined ? bad : undefined;
    case 'size':
      if (draft.type !== 'tmpfs') return notFor(key, draft.type);
      return isSize(value) ? undefined : bad;
    case 'sharing':
      if (!SHARING.has(value.toLowerCase())) return bad;
      break;
    case 'mode':
      if (parseUnsigned(value, 8) === undefined) return bad;
      break;
    case 'uid':
    case 'gid':
      if (parseUnsigned(value, 10) === undefined) return bad;
      break;
    default:
  }
  draft.values[key] = value;
  return undefined;
}

/** What keys may not stand together. */
function checkWhole({ type, values }: Draft): Refusal | undefined {
  const { source = '', target = '', id = '', sharing = '' } = values;
  if (!['secret', 'ssh', 'cache'].includes(type)) {
    const owned = ['mode', 'uid', 'gid'].find((key) => values[key] !== undefined);
    if (owned !== undefined) return notFor(owned, type);
  }
  if (type === 'secret') {
    if ((values['from'] ?? '') !== '') return notFor('from', type);
    if (sharing !== '') return notFor('sharing', type);
    if (source === '' && target === '' && id === '') return refusal('bad-mount', 'a secret mount needs an `id` or a `target`', hint);
    if (source !== '' && id !== '') return refusal('bad-mount', 'a secret mount has `source` or `id`, not both', hint);
  }
  return sharing !== '' && type !== 'cache' ? notFor('sharing', type) : undefined;
}

/** What is wrong with `RUN --device=…` (instructions/commands_rundevice.go). */
export function deviceProblem(value: string): Refusal | undefined {
  const bad = (why: string): Refusal => refusal('bad-device', `\`${value}\` is not a device: ${why}`, 'write `--device=name,required`');
  const fields = csvFields(value);
  if (fields === undefined) return bad('it cannot be parted at its commas');
  let name = '';
  for (const field of fields) {
    const equals = field.indexOf('=');
    const key = (equals === -1 ? field : field.slice(0, equals)).toLowerCase();
    const given = field.slice(equals + 1);
    if (key === 'required' && (equals === -1 || parseBoolean(given) !== undefined)) continue;
    if (key === 'required') return bad(`\`${given}\` is neither true nor false`);
    if (equals !== -1 && key === 'name') {
      if (name !== '') return bad('it has two names');
      name = given;
    } else if (name === '') name = field;
    else return bad(`\`${field}\` is no key`);
  }
  return undefined;
}
