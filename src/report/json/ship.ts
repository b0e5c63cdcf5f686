import { z } from 'zod';
import { proof } from './proof.ts';
import { document, exitCode, image, notes, pushed, timings } from './parts.ts';

export const buildDocument = document('build', {
  image,
  timings,
  notes,
  pushed,
  images: z.array(image).describe('One for each platform.'),
});

export const shipDocument = document('ship', { image, timings, notes, pushed, ...proof });

export const shipAllDocument = document('ship-all', {
  services: z
    .array(
      z.union([
        z.strictObject({ path: z.string(), exitCode, name: z.string(), image, timings, notes, pushed, ...proof }),
        z.strictObject({
          path: z.string(),
          exitCode,
          error: z.strictObject({
            message: z.string(),
            hint: z.string().optional(),
            at: z.strictObject({ file: z.string(), line: z.number().int().optional(), column: z.number().int().optional() }).optional(),
          }),
        }),
      ]),
    )
    .describe('What `ship --json` says of each, or why it could not be shipped. `path` as seen from the folder that was named.'),
  passedOver: z.array(z.strictObject({ path: z.string(), why: z.string() })).describe('Folders with a manifest that are no service.'),
  exitCode: exitCode.describe('The worst of all: 70, 2, 1, 3, 0.'),
});

export const proveDocument = document('prove', { image, timings, ...proof });
