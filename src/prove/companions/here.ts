import { readdir } from 'node:fs/promises';
import { findOnPath } from '../../base/node.ts';
import type { CompanionName } from './kinds.ts';
import type { Choice, LeftOut } from './wanted.ts';

const PROGRAMS: Readonly<Record<CompanionName, string>> = { redis: 'redis-server', postgres: 'initdb', moto: 'moto_server' };
/** Where Debian has it, beside the PATH. */
const DEBIAN = '/usr/lib/postgresql';
const PACKAGES: Readonly<Record<CompanionName, string>> = {
  redis: 'install Debian’s `redis-server`',
  postgres: 'install Debian’s `postgresql`',
  moto: 'install `moto[server]`, or let `prove: {companions: [moto]}` in plimsoll.yaml do that',
};

/** The same choice, without what nobody asked for and this machine does not have. */
export async function onThisMachine({ wanted, left }: Choice): Promise<Choice> {
  const here = await Promise.all(wanted.map(({ name }) => isHere(name)));
  const missing = wanted
    .filter((_, i) => !here[i])
    .map(({ name, hosts, because }): LeftOut => ({
      name: hosts[0] ?? name,
      why: `\`${PROGRAMS[name]}\` is not on this machine`,
      remedy: PACKAGES[name],
      because,
    }));
  return { wanted: wanted.filter((_, i) => here[i]), left: [...left, ...missing] };
}

async function isHere(name: CompanionName): Promise<boolean> {
  if ((await findOnPath(PROGRAMS[name])) !== undefined) return true;
  return name === 'postgres' && (await readdir(DEBIAN).catch(() => [])).length > 0;
}
