import type { Declared, DeclaredIndex } from './declared.ts';
import { pipIndexes } from './pip-conf.ts';
import { expanded } from './variables.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment in which uv finds every index that the machine and the repository name, with their logins. They are
 * handed on as variables and never as words of a command, which others on the machine can see. The machine's own default index
 * stands: the repository's is then one more.
 * The logins of pip are in its URLs; uv knows netrc and `UV_INDEX_NAME_*` by itself; Poetry's `POETRY_HTTP_BASIC_NAME_*` are said in uv's way.
 */
export function withIndexes(env: Environment, declared: Declared): Environment {
  const pip = pipIndexes(env);
  const settled = env['UV_DEFAULT_INDEX'] ?? env['UV_INDEX_URL'] ?? env['PIP_INDEX_URL'] ?? pip.index;
  const indexes = declared.indexes.map((index) => ({ ...index, url: expanded(index.url, env) }));
  const own = settled === undefined ? indexes.find((index) => index.isDefault) : undefined;
  const extra = [
    ...words(env['UV_INDEX'] ?? env['UV_EXTRA_INDEX_URL'] ?? env['PIP_EXTRA_INDEX_URL']),
    ...(env['PIP_EXTRA_INDEX_URL'] === undefined ? pip.extra : []),
    ...indexes.filter((index) => index !== own).map(shown),
  ];
  const links = [
    ...words(env['UV_FIND_LINKS'] ?? env['PIP_FIND_LINKS']),
    ...(env['PIP_FIND_LINKS'] === undefined ? pip.links : []),
    ...declared.links.filter((link) => /^[a-z+]+:\/\//.test(link)).map((link) => expanded(link, env)),
  ];
  const first = settled ?? (own && shown(own));
  return {
    ...env,
    ...poetryLogins(declared.indexes, env),
    ...(first === undefined ? {} : { UV_DEFAULT_INDEX: first }),
    ...(extra.length === 0 ? {} : { UV_INDEX: [...new Set(extra)].join(' ') }),
    ...(links.length === 0 ? {} : { UV_FIND_LINKS: [...new Set(links)].join(',') }),
    UV_INDEX_URL: undefined,
    UV_EXTRA_INDEX_URL: undefined,
  };
}

const words = (text: string | undefined): string[] => (text ?? '').split(/[\s,]+/).filter(Boolean);

/** `name=url`: uv's manual, “Package indexes”. */
const shown = ({ name, url }: DeclaredIndex): string => (name === undefined || !/^[\w.-]+$/.test(name) ? url : `${name}=${url}`);

/** Poetry's manual, “Configuring credentials”: names in upper case, other characters as `_`; uv's are alike. */
function poetryLogins(indexes: readonly DeclaredIndex[], env: Environment): Environment {
  const logins = indexes.flatMap(({ name }) => {
    const key = name?.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
    if (key === undefined) return [];
    return ['USERNAME', 'PASSWORD'].flatMap((what): [string, string][] => {
      const value = env[`UV_INDEX_${key}_${what}`] ?? env[`POETRY_HTTP_BASIC_${key}_${what}`];
      return value === undefined ? [] : [[`UV_INDEX_${key}_${what}`, value]];
    });
  });
  return Object.fromEntries(logins);
}
