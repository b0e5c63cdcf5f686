import { cleanPath, parseBoolean } from './go-values.ts';

/** What ADD and COPY take a source for. */
export type SourceKind = 'git' | 'http' | 'local';

export interface Source {
  readonly kind: SourceKind;
  /** What is wrong with the query of a repository's URL. */
  readonly problem?: string;
  readonly keepGitDir?: boolean;
  readonly checksum?: string;
}

const SCP = /^[a-zA-Z0-9-_]+@[a-zA-Z0-9-.]+:(?<path>[^\n]*?)(?:\?(?<query>[^\n]*?))?(?:#(?<fragment>[^\n]*))?$/;
const QUERY_KEYS = new Set(['ref', 'tag', 'branch', 'subdir', 'checksum', 'commit', 'keep-git-dir', 'submodules', 'mtime']);

/**
 * Where a source comes from (dfgitutil.ParseGitRef): a URL with the path `….git`, `git://`, `ssh://` and
 * `user@host:path` are repositories, other http(s) URLs are downloads.
 */
export function sourceKind(source: string): Source {
  const scheme = /^([a-zA-Z0-9]+):\/\//.exec(source)?.[1]?.toLowerCase();
  const isHttp = source.startsWith('http://') || source.startsWith('https://');
  const notGit = { kind: isHttp ? 'http' : 'local' } as const;
  if (scheme === undefined) {
    const scp = SCP.exec(source)?.groups;
    if (scp === undefined) return notGit;
    return git(new URLSearchParams(scp['query'] ?? ''), scp['fragment'] ?? '');
  }
  if (!['http', 'https', 'git', 'ssh'].includes(scheme)) return notGit;
  let url: URL;
  try {
    url = new URL(source);
  } catch {
    return notGit;
  }
  if (scheme.startsWith('http') && !decodedPath(url).endsWith('.git')) return notGit;
  return git(url.searchParams, url.hash.slice(1));
}

function decodedPath(url: URL): string {
  try {
    return decodeURIComponent(url.pathname);
  } catch {
    return url.pathname;
  }
}

/** loadQuery of dfgitutil: every key is known, is there once, and agrees with the fragment. */
function git(query: URLSearchParams, fragment: string): Source {
  const colon = fragment.indexOf(':');
  const ref = colon === -1 ? fragment : fragment.slice(0, colon);
  const folder = colon === -1 ? '' : cleanPath(`/${fragment.slice(colon + 1)}`).slice(1);
  const refused = (problem: string): Source => ({ kind: 'git', problem });
  let known = ref;
  for (const key of new Set(query.keys())) {
    const values = query.getAll(key);
    const value = values[0] ?? '';
    const isFlag = key === 'submodules' || key === 'keep-git-dir';
    if (values.length > 1) return refused(`\`${key}\` is there more than once`);
    if (!QUERY_KEYS.has(key)) return refused(`\`${key}\` is not known`);
    if (value === '' && !isFlag) return refused(`\`${key}\` has no value`);
    if (isFlag && value !== '' && parseBoolean(value) === undefined) return refused(`\`${key}=${value}\` is neither true nor false`);
    if (key === 'mtime' && value !== 'checkout' && value !== 'commit') return refused('`mtime` is `checkout` or `commit`');
    if (key === 'ref' && known !== '' && known !== value) return refused(`\`${known}\` and \`${value}\` are two refs`);
    if (key === 'ref') known = value;
    if (key === 'subdir' && folder !== '' && folder !== value) return refused(`\`${folder}\` and \`${value}\` are two folders`);
  }
  const [tag, branch] = [query.get('tag'), query.get('branch')];
  if (tag !== null && branch !== null) return refused('a tag and a branch are named');
  for (const [prefix, name] of [
    ['refs/tags/', tag],
    ['refs/heads/', branch],
  ] as const) {
    const full = name === null || name.startsWith(prefix) ? name : prefix + name;
    if (full !== null && known !== '' && known !== full) return refused(`\`${known}\` and \`${full}\` are two refs`);
  }
  const [keep, checksum] = [query.get('keep-git-dir'), query.get('checksum') ?? query.get('commit')];
  return {
    kind: 'git',
    ...(keep === null ? {} : { keepGitDir: keep === '' || parseBoolean(keep) === true }),
    ...(checksum === null ? {} : { checksum }),
  };
}
