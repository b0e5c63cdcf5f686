import { z } from 'zod';
import { digest, document, notes, position } from './parts.ts';

const created = z.string().optional().describe('When the image was made, where it says so.');
const namedAt = { file: z.string(), ...position.shape, image: z.string().describe('As the file has it, without its digest.') };
const pinnedTo = { digest, platforms: z.array(z.string()).describe('Those of the index; empty for an image by itself.'), created };

export const pinDocument = document('pin', {
  file: z.string().optional().describe('The lock. Absent, as what follows, where no folder with a service was named.'),
  platforms: z.array(z.string()).optional().describe('Architectures that the lock is for.'),
  changes: z
    .array(
      z.strictObject({
        kind: z.enum(['base', 'debian', 'python']),
        name: z.string(),
        before: z.string().optional(),
        after: z.string().optional(),
        on: z.array(z.string()).describe('Architectures; empty where that makes no difference.'),
      }),
    )
    .optional(),
  images: z
    .array(
      z.discriminatedUnion('state', [
        z.strictObject({ ...namedAt, state: z.literal('pinned'), ...pinnedTo }).describe('It had no digest.'),
        z
          .strictObject({ ...namedAt, state: z.literal('moved'), before: z.strictObject({ digest, created }), ...pinnedTo })
          .describe('It had the digest of what its tag was before.'),
        z.strictObject({ ...namedAt, state: z.literal('kept'), digest }),
        z
          .strictObject({ ...namedAt, state: z.literal('left'), why: z.string(), floats: z.boolean() })
          .describe('No digest can be written there. `floats`: the file itself leaves open which image it is.'),
      ]),
    )
    .describe('Names of images in Dockerfiles, compose files and manifests of Kubernetes.'),
  written: z.boolean().describe('Whether the files were changed: not with `--check` and `--dry-run`.'),
  notes,
});
