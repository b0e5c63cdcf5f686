import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../base/index.ts';

/**
 * How values reach a container without standing in the list of arguments, where all users of the machine could read
 * them: by a private file, and by the client's own environment where a value has more than one line, which no such file
 * can hold.
 */
export async function environmentWords(
  folder: string,
  values: Readonly<Record<string, string>>,
): Promise<{ readonly words: readonly string[]; readonly env: NodeJS.ProcessEnv; readonly remove: () => Promise<void> }> {
  const entries = Object.entries(values);
  const [bad] = entries.find(([name, value]) => !/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name) || value.includes('\0')) ?? [];
  if (bad !== undefined)
    throw new UserError(
      `the environment variable \`${bad}\` cannot be given to the container`,
      'name it with letters, digits and `_`, and give it no NUL byte',
    );
  const isLong = (value: string): boolean => /[\r\n]/.test(value);
  const file = join(folder, 'environment');
  const lines = entries.filter(([, value]) => !isLong(value)).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(file, lines.join(''), { mode: 0o600 });
  const long = entries.filter(([, value]) => isLong(value));
  const taken = long.find(([name]) => process.env[name] !== undefined)?.[0];
  if (taken !== undefined)
    throw new UserError(
      `\`${taken}\` has several lines, and this process has a variable of that name`,
      'unset it here, or use `--runner embedded`',
    );
  return {
    words: ['--env-file', file, ...long.flatMap(([name]) => ['--env', name])],
    env: { ...process.env, ...Object.fromEntries(long) },
    remove: () => rm(file, { force: true }),
  };
}
