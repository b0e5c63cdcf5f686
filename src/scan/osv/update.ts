import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EnvironmentError, UserError } from '../../base/index.ts';
import { askBytes, shown } from '../ask.ts';
import type { AskJob } from '../types.ts';
import { zipEntries } from './zip.ts';

/** npm's archive has some hundred megabytes. */
const WITHIN_MS = 20 * 60_000;

/**
 * Fetches the archives of these ecosystems into a folder, each in place of the one before when it is whole. `from` holds
 * `{ecosystem}`. Throws EnvironmentError for one that cannot be had: an old one then stays.
 */
export async function updateDatabase(folder: string, from: string, ecosystems: readonly string[], job: AskJob): Promise<readonly string[]> {
  if (!from.includes('{ecosystem}'))
    throw new UserError(
      `\`scan.databaseFrom\` has no \`{ecosystem}\`: ${shown(from)}`,
      'write the address of OSV’s archives with it: https://host/{ecosystem}/all.zip',
    );
  await mkdir(folder, { recursive: true });
  const written: string[] = [];
  for (const ecosystem of ecosystems) {
    const address = from.replaceAll('{ecosystem}', encodeURIComponent(ecosystem));
    const got = await askBytes(address, { ...job, withinMs: Math.max(job.withinMs, WITHIN_MS) });
    if (!got.ok)
      throw new EnvironmentError(`the database cannot be updated: ${got.why}`, 'look at `scan.databaseFrom` in plimsoll.yaml', 'transient');
    const path = join(folder, `${ecosystem.replaceAll(/[^A-Za-z0-9.]/g, '_')}.zip`);
    for (const _ of zipEntries(got.bytes, shown(address))); // to its end: it is whole
    await writeFile(`${path}.part`, got.bytes);
    await rename(`${path}.part`, path).catch(() => rm(`${path}.part`, { force: true }));
    written.push(path);
  }
  return written;
}
