import { limitOf } from '../../plan/index.ts';
import type { Memory } from '../../run/index.ts';
import type { Subject } from '../types.ts';

/**
 * Bytes that the service is held to: what is named, else what its written files have. Undefined for an image alone of
 * which nobody named any: what runs it then sets none.
 */
export const memoryLimitOf = ({ contract, service }: Pick<Subject, 'contract' | 'service'>): number | undefined =>
  contract.limits.memoryBytes ?? (service ? limitOf(contract).memoryBytes : undefined);

/** More than any machine has: the kernel counts, and limits nothing. */
export const UNLIMITED_BYTES = 2 ** 42;

/** The kernel killed a process of it at that limit. */
export const wasKilled = ({ memory }: { readonly memory: Memory }): boolean => memory.how === 'cgroup' && memory.oomKills > 0;
