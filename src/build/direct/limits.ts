/** What code of the repository may take while an image is built. Memory: where control groups can be written. */
export const LIMITS = { ms: 600_000, memoryBytes: 2 * 1024 ** 3 } as const;
