import { UserError } from '../../../../base/index.ts';
import type { Plan } from '../../../../plan/index.ts';
import { withoutLogins } from './hidden.ts';

const WAYS =
  'publish a wheel to an index, name one by its URL (`name @ https://…/name-1.0-py3-none-any.whl`), or build the Dockerfile that `plimsoll init` writes, with `dockerfile: {buildPackages: [git]}`';

/** Refuses what is asked for by the URL of a repository or of a source archive: of others only wheels are installed. With its line. `local`: built here. */
export function refuseUnbuilt({ service }: Pick<Plan, 'service'>, local: ReadonlySet<string>): void {
  for (const { value, because } of service.python.requirements) {
    if (value.url === undefined || isWheel(value.url) || local.has(value.name)) continue;
    const at = because.find((each) => each.from === 'file');
    throw new UserError(
      `\`${value.name}\` comes from ${withoutLogins(value.url, {})}, which would have to be built`,
      WAYS,
      at && { file: at.file, ...at.range.start },
    );
  }
}

/** The same in what a lock's own tool exported, where nothing says more than the lock's name. */
export function refuseUnbuiltIn(requirements: string, file: string): string {
  for (const [, name = '', url = ''] of requirements.matchAll(/^([\w.-]+)(?:\[[^\]]*\])? @ (\S+)/gm))
    if (!isWheel(url))
      throw new UserError(`\`${name}\` comes from ${withoutLogins(url, {})}, which would have to be built`, WAYS, { file });
  return requirements;
}

const isWheel = (url: string): boolean => /\.whl(?:[?#]|$)/.test(url);
