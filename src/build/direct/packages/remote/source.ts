import { normalizedName, type Place } from '../../../../base/index.ts';

/** A dependency that is built here: the files of a git repository, or an archive of sources, by its URL. */
export interface RemoteSource {
  /** Normalised: PEP 503. */
  readonly name: string;
  /** Normalised: PEP 685. */
  readonly extras: readonly string[];
  /** PEP 508, where it is not wanted everywhere. */
  readonly marker?: string | undefined;
  /** As the repository has it: without a login, but `${NAME}` may stand for one. */
  readonly url: string;
  readonly from:
    | { readonly kind: 'git'; readonly repository: string; /** Branch, tag or commit; absent: what HEAD is. */ readonly rev?: string }
    | { readonly kind: 'archive'; readonly address: string; /** Hexadecimal, where the repository says it. */ readonly sha256?: string };
  /** Below what was fetched; empty: all of it. */
  readonly subdirectory: string;
  readonly at?: Place | undefined;
}

type Asked = Pick<RemoteSource, 'name' | 'extras' | 'marker' | 'at'> & {
  readonly url: string;
  /** `sha256:…` */
  readonly hashes?: readonly string[];
};

/** What a URL says, where it is one of a repository or of an archive of sources that can be had; undefined for others. */
export function remoteSource({ name, extras, marker, at, url, hashes = [] }: Asked): RemoteSource | undefined {
  const [address = '', fragment = ''] = url.split('#', 2);
  const fields = new URLSearchParams(fragment);
  const subdirectory = plainFolder(fields.get('subdirectory') ?? '');
  const from = gitSource(address) ?? archiveSource(address, [...hashes, `sha256:${fields.get('sha256') ?? ''}`]);
  if (!from || subdirectory === undefined) return undefined;
  return { name: normalizedName(name), extras: extras.map(normalizedName), marker, url, from, subdirectory, at };
}

/** pip's manual, “VCS Support”: what follows the last `@` of the path is the revision. */
function gitSource(address: string): RemoteSource['from'] | undefined {
  const [, scheme, host = '', path = ''] = /^git\+(https|ssh|file):\/\/([^/]*)(\/.*)$/s.exec(address) ?? [];
  if (scheme === undefined) return undefined;
  const sign = path.lastIndexOf('@');
  const rev = sign < 0 ? undefined : path.slice(sign + 1);
  // git-check-ref-format(1); what begins with `-` would be an option.
  if (rev !== undefined && !/^[A-Za-z0-9_.][\w./+-]*$/.test(rev)) return undefined;
  return { kind: 'git', repository: `${scheme}://${host}${sign < 0 ? path : path.slice(0, sign)}`, ...(rev === undefined ? {} : { rev }) };
}

function archiveSource(address: string, hashes: readonly string[]): RemoteSource['from'] | undefined {
  if (!/^https?:\/\/[^?]*\.(tar\.gz|tgz|zip)(\?|$)/s.test(address)) return undefined;
  const sha256 = hashes.flatMap((hash) => /^sha256:([0-9a-f]{64})$/.exec(hash)?.[1] ?? [])[0];
  return { kind: 'archive', address, ...(sha256 === undefined ? {} : { sha256 }) };
}

/** Undefined for a path that leaves what was fetched. */
const plainFolder = (path: string): string | undefined => {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return parts.includes('..') || path.startsWith('/') ? undefined : parts.join('/');
};

/** The lines `name @ URL` of a requirements file that name such sources; a backslash continues a line. */
export function sourcesIn(requirements: string, at: Place): readonly RemoteSource[] {
  const lines = requirements.replaceAll(/\\\r?\n/g, ' ').split(/\r?\n/);
  return lines.flatMap((line) => {
    const [, name, extras = '', url, rest = ''] = /^([A-Za-z0-9][\w.-]*)\s*(?:\[([^\]]*)\])?\s*@\s*(\S+)(.*)$/.exec(line) ?? [];
    if (name === undefined || url === undefined) return [];
    const marker = /^\s+;\s*(.*?)\s*(?:--hash.*)?$/.exec(rest)?.[1];
    const hashes = [...rest.matchAll(/--hash=(\S+)/g)].map(([, hash = '']) => hash);
    return remoteSource({ name, extras: extras.split(',').flatMap((extra) => extra.trim() || []), marker, url, hashes, at }) ?? [];
  });
}
