import { UserError, type Place } from '../../../../base/index.ts';
import type { Environment } from './environment.ts';

/** The login of a URL: RFC 3986, "User Information". */
const LOGIN = /(?<=[a-z+]:\/\/)[^\s/?#]*@/gi;
/** Of a file on this machine, where nothing is sent to anybody. */
const PLACES: readonly string[] = ['PROJECT_ROOT', 'PWD'];

/**
 * A URL with the variables of its login: `${NAME}` as pip, PDM and Pipenv write it, `$NAME` as Pipenv does too; what is
 * not set stays. Elsewhere in a URL variables stay as they are: any of this machine's could be read out by a host, a
 * path or a query that a repository names, and these are shown in logs and messages.
 */
export const expanded = (url: string, env: Environment): string =>
  url.replaceAll(LOGIN, (login) =>
    login.replaceAll(
      /\$\{(\w+)\}|\$([A-Z_]\w*)/g,
      (whole, braced: string | undefined, bare: string | undefined) => env[braced ?? bare ?? ''] ?? whole,
    ),
  );

/** Those that stand elsewhere: pip's manual, “Using environment variables”: upper case, digits, underscores. */
export const misplacedVariables = (text: string): string[] =>
  [...text.replaceAll(LOGIN, '').matchAll(/\$\{([A-Z0-9_]+)\}/g)].map(([, name = '']) => name);

/** The error for one of them. */
export const misplaced = (name: string, at: Place | undefined): UserError =>
  new UserError(
    `\`\${${name}}\` would be sent to a host that this file names, and shown: only the login of a URL may have variables`,
    'write `https://${USER}:${PASSWORD}@host/path`, or name the index on the machine: PIP_EXTRA_INDEX_URL, UV_INDEX, pip.conf',
    at,
  );

/** Throws UserError for a requirements file in which a variable that is set stands elsewhere: uv would put it in, as pip does. */
export function refuseVariables(files: Readonly<Record<string, string>>, env: Environment): void {
  for (const [file, text] of Object.entries(files).filter(([path]) => !path.endsWith('.toml')))
    for (const [index, line] of text.split(/\r?\n/).entries()) {
      const written = line.replace(/(^|\s)#.*$/, '');
      const name = misplacedVariables(written).find((each) => env[each] !== undefined && !PLACES.includes(each));
      if (name !== undefined) throw misplaced(name, { file, line: index + 1 });
    }
}
