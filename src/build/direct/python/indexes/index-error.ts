import { EnvironmentError, UserError } from '../../../../base/index.ts';

/** What an index refused, and whose turn it is; undefined when it is something else. `said`: uv's words on one line. */
export function indexError(said: string): Error | undefined {
  const login =
    /index(?: URL)? \((\S+?)\) (?:could not be queried due to a lack of valid authentication credentials|returned an? (?:40[13])\b)/.exec(
      said,
    );
  if (login) {
    const forbidden = /\b403\b/.test(said);
    return new EnvironmentError(
      `the package index ${originOf(login[1] ?? '')} ${forbidden ? 'forbids this login what it was asked for (403)' : 'wants a login, and got none that it takes (401)'}`,
      forbidden
        ? 'ask whoever runs it for the right to read, or use another login'
        : 'give it one where pip or uv looks: netrc, pip.conf, uv.toml, or `UV_INDEX_NAME_USERNAME` and `UV_INDEX_NAME_PASSWORD`',
      'permanent',
    );
  }
  const [, url, , status, reason] =
    /[Ff]ailed to fetch:? `?(\S+?)`? (.*?)HTTP status (?:client|server) error \((\d{3}) ([^)]*)\)/.exec(said) ?? [];
  const file = (url ?? '').split('/').at(-1) ?? '';
  if (url !== undefined && (status === '404' || status === '410') && /\.(whl|tar\.gz|zip|metadata)$/.test(file))
    return new UserError(
      `${originOf(url)} no longer has \`${file.replace(/\.metadata$/, '')}\`, which its index names (${status})`,
      'ask for another version, or for an index that keeps its files',
    );
  if (url !== undefined && status !== undefined && Number(status) >= 500)
    return new EnvironmentError(
      `the package index ${originOf(url)} answered ${status} ${reason ?? ''}`.trimEnd(),
      'try again later',
      'transient',
    );
  const slow = /[Ff]ailed to fetch:? `?(\S+?)`? .*(?:operation timed out|time-?out)/.exec(said)?.[1];
  if (slow !== undefined)
    return new EnvironmentError(
      `the package index ${originOf(slow)} did not answer in time`,
      'try again; `UV_HTTP_TIMEOUT` gives it more seconds',
      'transient',
    );
  return undefined;
}

/** Without the path: some indexes have their tokens there. */
const originOf = (url: string): string => /^[a-z]+:\/\/[^/\s]+/i.exec(url)?.[0] ?? 'of the settings';
