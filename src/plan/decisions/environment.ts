import { inferred, isSecretName, type Because } from '../../base/index.ts';
import type { Service } from '../../service/index.ts';
import { chosen, decision, type Answer, type Context } from '../decision.ts';
import type { ContractVariable } from '../types.ts';
import { isImage } from '../suites.ts';
import { APPLICATION_ROOT } from './writable-paths.ts';

export const environment = decision({
  id: 'environment',
  question: 'Which variables are set, and which are expected?',
  choices: {},
  why: 'What is baked into an image is readable by whoever can pull it: only harmless settings are set, secrets are only named. PYTHONUNBUFFERED lets a log line out at once; PYTHONDONTWRITEBYTECODE because the root is read-only.',
  key: 'environment',
  decide(context): Answer {
    const variables = environmentOf(context);
    const set = variables.filter((v) => v.value !== undefined).map((v) => v.name);
    const required = variables.filter((v) => v.required).map((v) => v.name);
    const optional = variables.filter((v) => !v.required && v.value === undefined).map((v) => v.name);
    const says = [
      `sets ${set.join(', ')}`,
      required.length > 0 ? `requires ${required.join(', ')}` : '',
      optional.length > 0 ? `reads ${optional.join(', ')}` : '',
    ];
    const [first, ...rest] = variables.flatMap((v) => [...v.because]);
    if (!first) throw new Error('some variables are always set');
    return {
      choice: set.join(' '),
      says: says.filter(Boolean).join('; '),
      because: [first, ...rest],
      decidedBy: context.config.environment || context.config.variables ? 'config' : 'detected',
    };
  },
});

const FIXED: readonly (readonly [string, string, string])[] = [
  ['PATH', '/usr/local/bin:/usr/bin', 'where the interpreter and the console scripts are'],
  ['LANG', 'C.UTF-8', 'text is UTF-8 whatever the host says'],
  ['PYTHONUNBUFFERED', '1', 'a log line appears when it is printed'],
  ['PYTHONDONTWRITEBYTECODE', '1', 'the root is read-only: no attempt to write byte code'],
];

/** The contract's variables: what is set first, then what the source reads and plimsoll.yaml names, by name. */
export function environmentOf(context: Context): ContractVariable[] {
  const { service, config } = context;
  const set = new Map<string, ContractVariable>();
  // An image has a PATH of its own, which finds what is in it.
  for (const [name, value, says] of FIXED.filter(([name]) => name !== 'PATH' || !isImage(chosen(context, 'base'))))
    set.set(name, { name, value, required: false, secret: false, because: [inferred('environment/python', says)] });
  const port = service.port?.value.variable;
  if (port !== undefined && service.port)
    set.set(port, {
      name: port,
      value: chosen(context, 'port'),
      required: false,
      secret: false,
      type: 'integer',
      because: service.port.because,
    });
  const folder = sourceFolder(service);
  if (folder !== '' && service.application)
    set.set('PYTHONPATH', {
      name: 'PYTHONPATH',
      value: `${APPLICATION_ROOT}/${folder}`,
      required: false,
      secret: false,
      because: service.application.because,
    });
  for (const [name, value] of Object.entries(config.environment ?? {}))
    set.set(name, { name, value, required: false, secret: false, because: [{ from: 'config', name: `environment.${name}` }] });
  return [...set.values(), ...readOnes(context, set)];
}

/** The folder that the application's module is imported from: `src` for `src/quotes/api.py` as `quotes.api`. */
function sourceFolder(service: Service): string {
  const application = service.application?.value;
  if (!application || application.kind === 'script') return '';
  const path = application.file.replace(/(\/__init__|\/__main__)?\.py$/, '');
  // A framework's own program names the module among its arguments: `orders.tasks:app`.
  const words = [application.module, ...(application.kind === 'module' ? (application.arguments ?? []) : [])];
  const module = words.map((word) => (word.split(':')[0] ?? '').replaceAll('.', '/')).find((each) => path.endsWith(`/${each}`));
  return module === undefined ? '' : path.slice(0, -module.length - 1);
}

function readOnes({ service, config }: Context, set: ReadonlyMap<string, ContractVariable>): ContractVariable[] {
  const read = new Map<string, ContractVariable>();
  for (const variable of service.environment) {
    if (set.has(variable.name)) continue;
    const known = read.get(variable.name);
    // A read inside a handler is needed for a route only, and never keeps the service from starting.
    const required = variable.required && variable.when !== 'handler';
    read.set(variable.name, {
      name: variable.name,
      ...(variable.default === undefined ? {} : { default: variable.default }),
      ...known,
      required: required || known?.required === true,
      secret: variable.secret,
      ...(variable.type === undefined ? {} : { type: variable.type }),
      because: variable.because as Because,
    });
  }
  for (const [name, need] of Object.entries(config.variables ?? {})) {
    if (set.has(name)) continue;
    const { because = [], ...known } = read.get(name) ?? { name, secret: isSecretName(name) };
    read.set(name, { ...known, required: need === 'required', because: [{ from: 'config', name: `variables.${name}` }, ...because] });
  }
  return [...read.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
