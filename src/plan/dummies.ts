import { isSecretName, passwordIn } from '../base/index.ts';
import type { ExampleValue } from '../service/index.ts';
import type { ContractVariable } from './types.ts';

/**
 * A value for each variable that must be set, for a build step: what the repository proposes, where that is no secret by any
 * sign, else a dummy. A Dockerfile shows them to whoever can pull its image. Sorted by name.
 */
export function dummiesFor(variables: readonly ContractVariable[], examples: readonly ExampleValue[] = []): Record<string, string> {
  const wanted = variables.filter((variable) => variable.required && variable.value === undefined);
  return Object.fromEntries(
    wanted
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map((variable) => {
        const isHarmless = (value: string): boolean => !variable.secret && !isSecretName(variable.name) && passwordIn(value) === undefined;
        const example = examples.find(({ name, value }) => name === variable.name && isUsable(value, variable) && isHarmless(value));
        return [variable.name, example?.value ?? dummyFor(variable)];
      }),
  );
}

/** Whether a proposal of the repository can stand for a value: not empty, no `<your key>`, and of the variable's type. */
export function isUsable(value: string, { type }: ContractVariable): boolean {
  if (value.trim() === '' || /^[<[{].*[>\]}]$|^\$\{|^(change.?me|todo|xxx+|\.\.\.)$/i.test(value.trim())) return false;
  if (type === 'integer') return /^-?\d+$/.test(value);
  if (type === 'number') return Number.isFinite(Number(value));
  if (type === 'url') return /^[a-z][a-z0-9+.-]*:\/\//i.test(value);
  return true;
}

/** By name; the first that fits. Addresses are the loopback's: the network is closed. What looks like a secret says that it is none. */
const BY_NAME: readonly (readonly [RegExp, string])[] = [
  [/REDIS.*(URL|URI|DSN)$/, 'redis://127.0.0.1:6379/0'],
  [/(POSTGRES|PG|DATABASE|DB|SQLALCHEMY).*(URL|URI|DSN)$/, 'postgresql://plimsoll:dummy@127.0.0.1:5432/plimsoll'],
  [/MYSQL.*(URL|URI|DSN)$/, 'mysql://plimsoll:dummy@127.0.0.1:3306/plimsoll'],
  [/MONGO.*(URL|URI|DSN)$/, 'mongodb://127.0.0.1:27017/plimsoll'],
  [/(AMQP|RABBIT|BROKER).*(URL|URI|DSN)$/, 'amqp://guest:dummy@127.0.0.1:5672/'],
  [/(SENTRY.*DSN)$/, 'http://plimsoll@127.0.0.1:9/1'],
  [/(URL|URI|ENDPOINT|DSN)$/, 'http://127.0.0.1:9'],
  [/(EMAIL|MAIL_FROM)$/, 'plimsoll@example.org'],
  [/(HOSTS?|HOSTNAME|ADDRESS)$/, '127.0.0.1'],
  [/PORT$/, '9'],
  [/(_DIR|_FOLDER|_DIRECTORY)$/, '/tmp'],
  [/REGION$/, 'us-east-1'],
  // 32 bytes in URL-safe base64: the shape that Fernet demands.
  [/(FERNET|ENCRYPTION).*KEY$/, `dummy${'A'.repeat(38)}=`],
];

/** A value that has the right type and means nothing: for a proof, for a build step. The same each time. */
export function dummyFor({ name, type }: Pick<ContractVariable, 'name' | 'type'>): string {
  if (type === 'integer' || type === 'number') return /PORT$/.test(name) ? '9' : '1';
  if (type === 'boolean') return 'false';
  const known = BY_NAME.find(([pattern]) => pattern.test(name.toUpperCase()));
  if (known) return known[1];
  return type === 'url' ? 'http://127.0.0.1:9' : 'dummy-0123456789abcdef0123456789abcdef0123456789abcdef';
}
