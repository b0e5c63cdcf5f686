import type { RuntimeContract } from './types.ts';

/** Where plimsoll.yaml names no limit: what small services of this kind are given. Measured, it should be named. */
const MEMORY_BYTES = 512 * 1024 ** 2;
const CPUS = 1;

/** What the service may use: as plimsoll.yaml says, else the defaults that the written files have too. */
export const limitOf = ({ limits }: Pick<RuntimeContract, 'limits'>): { readonly memoryBytes: number; readonly cpus: number } => ({
  memoryBytes: limits.memoryBytes ?? MEMORY_BYTES,
  cpus: limits.cpus ?? CPUS,
});
