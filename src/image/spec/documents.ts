import { EnvironmentError, shape, type Flaw, type Shape } from '../../base/index.ts';
import { isDigest } from '../../base/node.ts';
import type { Descriptor, ImageConfig, Manifest } from '../types.ts';
import { isIndex, isManifest } from './media-types.ts';

const { exactly, listOf, mapOf, matching, object, text, whole } = shape;

/** image-spec, image-index.md. Also the shape of index.json. */
export interface Index {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly manifests: readonly Descriptor[];
  readonly subject?: Descriptor | null;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Largest document read, in bytes: the manifest limit of distribution-spec, "Pushing Manifests". */
export const DOCUMENT_LIMIT = 4 * 1024 * 1024;

const digest = matching(isDigest, '`sha256:` and 64 lower-case hexadecimal digits');
// RFC 6838, section 4.2.
const mediaType = matching((t) => /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*$/.test(t), 'a media type');
// RFC 3339, section 5.6.
const date = matching((t) => /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(t), 'a date as in RFC 3339');
const named = matching((t) => t !== '', 'a name');
const annotations = mapOf(text);
const platform = object({ os: named, architecture: named }, { variant: text, 'os.version': text, 'os.features': listOf(text) });
const descriptor = object(
  { mediaType, digest, size: whole },
  { platform, urls: listOf(text), annotations, artifactType: mediaType, data: text },
);

const indexShape = object(
  { schemaVersion: exactly(2), manifests: listOf(descriptor) },
  { mediaType: matching(isIndex, 'the media type of an index'), artifactType: mediaType, subject: descriptor, annotations },
);
const manifestShape = object(
  { schemaVersion: exactly(2), config: descriptor, layers: listOf(descriptor) },
  { mediaType: matching(isManifest, 'the media type of a manifest'), artifactType: mediaType, subject: descriptor, annotations },
);
const healthcheck = object(
  {},
  { Test: listOf(text), Interval: whole, Timeout: whole, StartPeriod: whole, StartInterval: whole, Retries: whole },
);
const execution = object(
  {},
  {
    User: text,
    ExposedPorts: mapOf(nothingInside),
    Env: listOf(matching((t) => /^[^=]+=/s.test(t), '`NAME=value`')),
    Entrypoint: listOf(text),
    Cmd: listOf(text),
    Volumes: mapOf(nothingInside),
    WorkingDir: text,
    Labels: mapOf(text),
    StopSignal: text,
    ArgsEscaped: matchingBoolean,
    Shell: listOf(text),
    OnBuild: listOf(text),
    Healthcheck: healthcheck,
  },
);
const history = listOf(object({}, { created: date, created_by: text, author: text, comment: text, empty_layer: matchingBoolean }));
const configShape = object(
  { architecture: named, os: named, rootfs: object({ type: exactly('layers'), diff_ids: listOf(digest) }) },
  { created: date, author: text, variant: text, 'os.version': text, 'os.features': listOf(text), config: execution, history },
);

/** Go writes `{}` for what is only there; its readers take null too. */
function nothingInside(value: unknown, at: string): Flaw[] {
  return value === null ? [] : object({})(value, at);
}

function matchingBoolean(value: unknown, at: string): Flaw[] {
  return typeof value === 'boolean' ? [] : [{ at, what: 'should be true or false' }];
}

/** A document that was read: as far as it could be, and what is wrong with it. */
export interface Reading<T> {
  readonly value?: T;
  readonly flaws: readonly Flaw[];
}

export const readIndex = (bytes: Uint8Array): Reading<Index> => readJson(bytes, indexShape);
export const readManifest = (bytes: Uint8Array): Reading<Manifest> => readJson(bytes, manifestShape);

/** What is null in it is not there: Go writes that for what is empty. */
export function readConfig(bytes: Uint8Array): Reading<ImageConfig> {
  const { value, flaws } = readJson<ImageConfig>(bytes, configShape);
  if (!value) return { flaws };
  const { config, ...rest } = withoutNulls(value);
  return { value: config ? { ...rest, config: withoutNulls(config) } : rest, flaws };
}

const withoutNulls = <T extends object>(from: T): T => Object.fromEntries(Object.entries(from).filter(([, value]) => value !== null)) as T;

/** The value, or an EnvironmentError that says what `name` lacks. */
export function sound<T>(reading: Reading<T>, name: string): T {
  const [flaw] = reading.flaws;
  if (reading.value !== undefined && !flaw) return reading.value;
  throw new EnvironmentError(
    `${name} breaks the OCI image specification: ${flaw?.at ? `\`${flaw.at}\` ` : ''}${flaw?.what ?? 'is empty'}`,
    '`plimsoll validate` lists all that is wrong; make or fetch the image again',
  );
}

function readJson<T>(bytes: Uint8Array, wanted: Shape): Reading<T> {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    const flaws = wanted(value, '');
    return flaws.length === 0 ? { value: value as T, flaws } : { flaws };
  } catch {
    return { flaws: [{ at: '', what: 'is no JSON' }] };
  }
}
