import type { Found } from './types.ts';

/** Tags of a header: rpm, include/rpm/rpmtag.h. */
const TAGS = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  licence: 1014,
  architecture: 1022,
  sourceRpm: 1044,
  provides: 1047,
  requires: 1049,
  folderOf: 1116,
  files: 1117,
  folders: 1118,
} as const;

/** Types of values: rpm, docs/manual/format_header.md. */
const INT32 = 4;
const STRING = 6;
const STRINGS = 8;
const TRANSLATED = 9;

type Values = ReadonlyMap<number, readonly (string | number)[]>;

/**
 * A package by its header as rpm's database has it: counts of the index and of the data, the index, the data, all in
 * network order. Undefined for a key (`gpg-pubkey`), which is no software. Throws RangeError where it is broken.
 * Source: rpm, docs/manual/format_header.md.
 */
export function packageOfHeader(blob: Uint8Array): Found | undefined {
  const values = valuesIn(blob);
  const text = (tag: number): string | undefined => values.get(tag)?.map(String)[0];
  const [name, version, release, architecture] = [text(TAGS.name), text(TAGS.version), text(TAGS.release), text(TAGS.architecture)];
  if (name === undefined || version === undefined || release === undefined)
    throw new RangeError('a header has no name, version or release');
  if (name === 'gpg-pubkey') return undefined;
  const [epoch, licence] = [text(TAGS.epoch), text(TAGS.licence)];
  const source = sourceOf(text(TAGS.sourceRpm));
  return {
    name,
    version: `${epoch === undefined || epoch === '0' ? '' : `${epoch}:`}${version}-${release}`,
    ...(architecture === undefined ? {} : { architecture }),
    ...(source ? { source } : {}),
    ...(licence === undefined ? {} : { licence }),
    files: filesIn(values),
    requires: namesIn(values, TAGS.requires),
    provides: namesIn(values, TAGS.provides),
  };
}

/** `rpmlib(…)` and `config(…)` are rpm's own. */
const namesIn = (values: Values, tag: number): readonly string[] => [
  ...new Set((values.get(tag) ?? []).map(String).filter((it) => !/^(?:rpmlib|config)\(/.test(it))),
];

/** `bash-5.1.8-9.el9.src.rpm`. */
function sourceOf(file: string | undefined): { readonly name: string; readonly version: string } | undefined {
  const [, name, version] = /^(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm$/.exec(file ?? '') ?? [];
  return name === undefined || version === undefined ? undefined : { name, version };
}

/** Names and folders apart, and for each name the number of its folder. */
function filesIn(values: Values): readonly string[] {
  const [folders, folderOf] = [values.get(TAGS.folders) ?? [], values.get(TAGS.folderOf) ?? []];
  return (values.get(TAGS.files) ?? []).map((name, index) => `${folders[Number(folderOf[index])] ?? '/'}${name}`.replace(/^\/+/, ''));
}

function valuesIn(blob: Uint8Array): Values {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  const entries = view.getUint32(0);
  const start = 8 + 16 * entries;
  if (start + view.getUint32(4) > blob.length) throw new RangeError('a header is cut off');
  const wanted = new Set<number>(Object.values(TAGS));
  const values = new Map<number, readonly (string | number)[]>();
  for (let index = 0; index < entries; index += 1) {
    const at = 8 + 16 * index;
    const tag = view.getUint32(at);
    // Each once: an index that repeats one would make a small header take long.
    if (wanted.has(tag) && !values.has(tag))
      values.set(tag, valueAt(view, view.getUint32(at + 4), start + view.getUint32(at + 8), view.getUint32(at + 12)));
  }
  return values;
}

function valueAt(view: DataView, type: number, at: number, count: number): readonly (string | number)[] {
  if (count > view.byteLength) throw new RangeError('a header counts more values than it has bytes');
  if (type === INT32) return Array.from({ length: count }, (_, index) => view.getUint32(at + 4 * index));
  if (type !== STRING && type !== STRINGS && type !== TRANSLATED) return [];
  const bytes = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  const texts: string[] = [];
  for (let from = at; texts.length < count;) {
    const end = bytes.indexOf(0, from);
    if (end < 0) throw new RangeError('a text of a header has no end');
    texts.push(bytes.toString('utf8', from, end));
    from = end + 1;
  }
  return texts;
}
