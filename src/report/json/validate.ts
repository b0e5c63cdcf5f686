import { z } from 'zod';
import { digest, document } from './parts.ts';

export const validateDocument = document('validate', {
  image: z.string(),
  mismatches: z.array(
    z.strictObject({
      severity: z.enum(['error', 'note']).describe('`error`: it breaks the specification; only these make exit code 1.'),
      where: z.string().describe('Which part, for people.'),
      what: z.string(),
      section: z.string().describe('Where it is specified: `image-spec, layer.md, "Whiteouts"`.'),
      blob: digest.optional().describe('The blob that it is in; absent for files with names of their own.'),
      path: z.string().optional().describe('Where in the document: `layers[2].size`.'),
    }),
  ),
});
