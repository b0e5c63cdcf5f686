import { thisHost } from '../host.ts';
import { planIds } from '../ids.ts';
import { removeUnpacked } from './unpack.ts';

/**
 * Removes folders of the store that hold files of other owners: with subordinate ids, `rm` alone is refused.
 * Throws EnvironmentError when something stays.
 */
export async function unpackedRemover(folders: readonly string[]): Promise<void> {
  const host = thisHost();
  await removeUnpacked(host, planIds(host), folders);
}
