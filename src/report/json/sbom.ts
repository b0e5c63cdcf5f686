import { z } from 'zod';
import { digest, document, named } from './parts.ts';

export const sbomDocument = document('sbom', {
  image: z.string(),
  digest,
  packages: z.array(
    z.strictObject({
      ...named,
      licences: z.array(z.string()).describe('Expressions of SPDX where the words are one; empty: nobody says it.'),
      layer: z.number().int().min(1).describe('The layer that brought it, from 1.'),
      path: z.string().describe('Of the record that names it.'),
    }),
  ),
  unread: z.array(z.strictObject({ path: z.string(), why: z.string() })).describe('Records that could not be read.'),
});
