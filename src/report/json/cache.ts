import { z } from 'zod';
import { bytes, document } from './parts.ts';

export const cacheDocument = document('cache', {
  root: z.string(),
  sizeBytes: bytes,
  kinds: z.array(z.strictObject({ kind: z.string(), count: z.number().int(), sizeBytes: bytes })),
});
