import { parseParagraphs, words } from '../../../image/index.ts';

/** One entry of apt's configuration, in either format: sources.list(5). */
export interface AptEntry {
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  readonly components: readonly string[];
  /** Paths of keyring files, or one armored key block. Empty: apt's own trusted keys. */
  readonly signedBy: SignedBy;
  /** `no` turns the check of Valid-Until off for this source. */
  readonly checkValidUntil: boolean;
  /** `file:line` or `file`, for messages. */
  readonly from: string;
}

export type SignedBy =
  | { readonly kind: 'default' }
  | { readonly kind: 'inline'; readonly armored: string }
  | { readonly kind: 'files'; readonly paths: readonly string[] };

const off = new Set(['no', 'false', 'without', 'off', 'disable', '0']); // apt's words for false: apt.conf(5)

/** Entries of a one-line-style file (`.list`). `deb-src` and lines apt would not read are left out. */
export function parseOneLine(text: string, file: string): AptEntry[] {
  return text.split('\n').flatMap((raw, index) => {
    const line = raw.replace(/#.*$/, '').trim();
    const found = /^deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)\s*(.*)$/.exec(line);
    if (!found?.[2] || !found[3]) return [];
    const options = new Map(words(found[1]?.replaceAll(',', '\u0001')).map(optionOf));
    return [
      {
        uris: [found[2]],
        suites: [found[3]],
        components: words(found[4]),
        signedBy: signedByOf(options.get('signed-by')?.replaceAll('\u0001', ' ')),
        checkValidUntil: !off.has(options.get('check-valid-until') ?? 'yes'),
        from: `${file}:${index + 1}`,
      },
    ];
  });
}

/** `key=value`, `key+=value`: for one source alone both set the value. */
function optionOf(word: string): [string, string] {
  const at = word.indexOf('=');
  return at < 0 ? [word.toLowerCase(), ''] : [word.slice(0, at).replace(/[+-]$/, '').toLowerCase(), word.slice(at + 1)];
}

/** Entries of a deb822-style file (`.sources`). `Enabled: no` and `Types: deb-src` are left out. */
export function parseDeb822(text: string, file: string): AptEntry[] {
  return parseParagraphs(text).flatMap((fields) => {
    if (off.has((fields.get('enabled') ?? 'yes').toLowerCase()) || !words(fields.get('types')).includes('deb')) return [];
    return [
      {
        uris: words(fields.get('uris')),
        suites: words(fields.get('suites')),
        components: words(fields.get('components')),
        signedBy: signedByOf(fields.get('signed-by')),
        checkValidUntil: !off.has((fields.get('check-valid-until') ?? 'yes').toLowerCase()),
        from: file,
      },
    ];
  });
}

function signedByOf(value: string | undefined): SignedBy {
  if (value === undefined || value.trim() === '') return { kind: 'default' };
  if (value.includes('-----BEGIN')) return { kind: 'inline', armored: value.trim() };
  const paths = words(value).filter((word) => word.startsWith('/')); // a bare fingerprint picks among apt's own keys
  return paths.length > 0 ? { kind: 'files', paths } : { kind: 'default' };
}
