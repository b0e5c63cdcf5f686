import type { Subject } from '../types.ts';
import { environmentOf } from '../values.ts';
import type { Surroundings } from './executable.ts';

/** Where the start command of a subject is looked for: the image's environment, with the proof's values over it. */
export async function surroundingsOf({ image, contract, values, tree }: Subject): Promise<Surroundings> {
  const { config } = await image.config();
  const own = (config?.Env ?? []).map((it): [string, string] => [it.slice(0, Math.max(0, it.indexOf('='))), it.slice(it.indexOf('=') + 1)]);
  return {
    tree: await tree(),
    user: contract.user,
    workingDir: config?.WorkingDir || contract.workingDir || '/',
    environment: { ...Object.fromEntries(own), ...environmentOf(values) },
  };
}
