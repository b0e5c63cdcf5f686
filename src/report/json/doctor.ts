import { z } from 'zod';
import { document } from './parts.ts';

export const doctorDocument = document('doctor', {
  findings: z.array(
    z.strictObject({
      what: z.string(),
      ok: z.boolean(),
      says: z.string(),
      remedy: z.string().optional(),
      optional: z.literal(true).optional().describe('Nothing else depends on it.'),
    }),
  ),
});
