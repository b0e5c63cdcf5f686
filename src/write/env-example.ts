import { companionSettings } from './companions.ts';
import { aboutVariable, requiredFirst, runningOf } from './running.ts';
import type { ContractVariable, Plan } from '../plan/index.ts';
import { comment } from './words.ts';

/** Every variable that the service reads, those it cannot start without first. Secrets stay empty. */
export function writeEnvExample(plan: Plan): string {
  const { name, variables, envFile } = runningOf(plan);
  const { passwords, values } = companionSettings(plan);
  const read = new Set(variables.map((each) => each.name));
  const isComposed = plan.files?.kinds.includes('compose') === true;
  const own = requiredFirst(variables).map((variable) => entry(variable, isComposed && values.has(variable.name)));
  const more = isComposed ? [...passwords].filter(([, secret]) => !read.has(secret)) : [];
  return `${[
    comment(`Variables of ${name}: copy this file to .env, which stays out of Git and out of the image, and fill it in.`),
    comment(`Written by \`plimsoll init\`, from the source; ${envFile} itself holds no secret.`),
    ...own,
    ...more.map(([kind, secret]) => `\n${comment(`required by compose.yaml: the password of ${kind}; letters and digits.`)}\n${secret}=`),
    ...(own.length + more.length === 0 ? ['', comment('The service reads none.')] : []),
  ].join('\n')}\n`;
}

/** What has a default, or is settled in compose.yaml, is commented out: it need not be set. */
function entry(variable: ContractVariable, isTold: boolean): string {
  const { name, required, secret } = variable;
  const value = secret || variable.default === undefined ? '' : dotenv(variable.default);
  const says = `${aboutVariable(variable)}${isTold ? '; compose.yaml sets it' : ''}.`;
  return `\n${comment(says)}\n${required && !isTold ? '' : '# '}${name}=${value}`;
}

/** A value as Compose and python-dotenv read it alike: in single quotes where it is more than one plain word. */
function dotenv(value: string): string {
  if (/^[\w./:@%+,=-]*$/.test(value)) return value;
  if (!/['\\\n\r]/.test(value)) return `'${value}'`;
  return `"${value
    .replaceAll(/[\\"$]/g, '\\$&')
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\r', String.raw`\r`)}"`;
}
