import { writeFileSync } from 'node:fs';
import { errorCode } from '../../base/index.ts';
import { runProcess } from '../../base/node.ts';
import { findTool, toolEnvironment, type Host } from '../host.ts';
import type { IdPlan, IdRange } from '../ids.ts';
import { setupError } from '../setup-error.ts';

/**
 * Gives the new user namespace of process `pid` its ids: user_namespaces(7), "Defining user and group ID mappings".
 * Throws EnvironmentError when the host refuses.
 */
export async function writeMaps(host: Host, pid: number, ids: IdPlan): Promise<void> {
  if (ids.kind === 'mapped') {
    await Promise.all([newIdMap(host, 'newuidmap', pid, ids.uids), newIdMap(host, 'newgidmap', pid, ids.gids)]);
    return;
  }
  try {
    // Without this the kernel refuses the groups of a process that has no privilege over them.
    if (ids.kind === 'single') writeFileSync(`/proc/${pid}/setgroups`, 'deny');
    writeFileSync(`/proc/${pid}/uid_map`, text([...ids.uids, ...(ids.self ? [ids.self.uid] : [])]));
    writeFileSync(`/proc/${pid}/gid_map`, text([...ids.gids, ...(ids.self ? [ids.self.gid] : [])]));
  } catch (error) {
    throw setupError(`mapping ids: ${errorCode(error) ?? String(error)}`);
  }
}

const text = (ranges: readonly IdRange[]): string => ranges.map((r) => `${r.inside} ${r.outside} ${r.count}\n`).join('');

async function newIdMap(host: Host, tool: string, pid: number, ranges: readonly IdRange[]): Promise<void> {
  const numbers = ranges.flatMap((r) => [r.inside, r.outside, r.count]).map(String);
  const end = await runProcess({ argv: [findTool(host, tool) ?? tool, String(pid), ...numbers], env: toolEnvironment(host) });
  if (end.code !== 0) throw setupError(end.stderr.trim());
}
