import { UserError } from '../../base/index.ts';
import type { Project } from '../project.ts';
import { REPORT_NAMES } from '../reports.ts';
import type { ShipOptions } from '../ship-project.ts';
import type { FoundService } from './find-services.ts';

/** Stands for the service's name where all services share an option. */
const NAME = '{name}';
const EACH = ['output', 'tag', ...REPORT_NAMES] as const;

/** Throws UserError for what can be true of one service only. */
export function refuseShared(options: ShipOptions): void {
  const single = options.entry === undefined ? (options.package === undefined ? undefined : '--package') : '--entry';
  if (single !== undefined) throw new UserError(`\`${single}\` names one service, and \`--all\` ships several`, 'leave one of them out');
  for (const key of EACH) {
    const value = options[key];
    if (value === undefined || value.includes(NAME) || value === 'registry') continue;
    throw new UserError(`\`--${key} ${value}\` would be the same for each service`, `write \`${NAME}\` where the service's name belongs`);
  }
}

/** Throws UserError where services of one name would write to the same place: the later would take the earlier's. */
export function refuseClashes(services: readonly FoundService[], options: ShipOptions): void {
  const key = EACH.find((each) => options[each]?.includes(NAME));
  if (key === undefined) return;
  const paths = new Map<string, string[]>();
  for (const service of services)
    if ('project' in service) paths.set(nameOf(service.project), [...(paths.get(nameOf(service.project)) ?? []), service.path]);
  const [clash] = [...paths].filter(([, of]) => of.length > 1);
  if (!clash) return;
  const [name, of] = clash;
  throw new UserError(
    `${of.map((path) => `\`${path}\``).join(' and ')} are both called \`${name}\`: \`--${key} ${options[key]}\` would be the same for them`,
    'give one of them another name with `name:` in its plimsoll.yaml',
  );
}

/** As the image is called. */
export const nameOf = ({ config, plan }: Project): string => config.name ?? plan.service.name.value;

/** The options for one of several. */
export function optionsFor(project: Project, options: ShipOptions): ShipOptions {
  const name = nameOf(project);
  const own = EACH.flatMap((key) => {
    const value = options[key];
    return value === undefined ? [] : [[key, value.replaceAll(NAME, name)] as const];
  });
  return { ...options, ...Object.fromEntries(own) };
}
