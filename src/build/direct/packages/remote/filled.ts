import { UserError } from '../../../../base/index.ts';
import { misplaced, misplacedVariables, withoutLogins } from '../../python/index.ts';
import type { RemoteSource } from './source.ts';

const VARIABLE = /\$\{([A-Z0-9_]+)\}/g;
/** RFC 3986, “Authority”: what follows one of these would be host or path. */
const ENDS_LOGIN = /[\s/?#\\]|%(?![0-9a-f]{2})/i;

/** An address with its login filled in from the environment. Throws UserError for a variable elsewhere in it, and for one that is not set. */
export function filled(address: string, { name, at }: Pick<RemoteSource, 'name' | 'at'>): string {
  const [elsewhere] = misplacedVariables(address);
  if (elsewhere !== undefined) throw misplaced(elsewhere, at);
  return address.replaceAll(VARIABLE, (_, variable: string) => {
    const value = process.env[variable] ?? '';
    if (value === '')
      throw new UserError(`the URL of \`${name}\` needs \`${variable}\`, which is not set`, `set \`${variable}\` in the environment`, at);
    if (ENDS_LOGIN.test(value))
      throw new UserError(
        `\`${variable}\` cannot be the login in the URL of \`${name}\` as it is`,
        'write /, ?, #, % and the like in it as %2F, %3F, %23, %25',
        at,
      );
    return value;
  });
}

/** Words that may be shown: without logins, and without what `filled` took for this URL from the environment. */
export function hidden(text: string, { url }: Pick<RemoteSource, 'url'>): string {
  const values = [...url.matchAll(VARIABLE)].flatMap(([, variable = '']) => process.env[variable] || []);
  const bare = values.flatMap((value) => [value, encodeURIComponent(value)]).reduce((out, value) => out.replaceAll(value, '****'), text);
  return withoutLogins(bare, process.env);
}
