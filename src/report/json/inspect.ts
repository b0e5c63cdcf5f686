import { z } from 'zod';
import { bytes, digest, document } from './parts.ts';

export const inspectDocument = document('inspect', {
  ref: z.string(),
  digest: digest.describe('The manifest’s; of a Docker archive one is made of its config and layers.'),
  platform: z.string(),
  config: z.looseObject({}).describe('The image’s config, as image-spec has it.'),
  size: z.strictObject({
    compressed: bytes.describe('As it is pulled.'),
    tars: bytes.describe('The tars of all layers.'),
    content: bytes.describe('Contents of files in them.'),
    tree: bytes.describe('What a container sees.'),
    waste: bytes.describe('`content` less `tree`: pulled and never seen.'),
    avoidable: bytes.describe('Of `tree`: what causes without a cost found.'),
  }),
  layers: z.array(
    z.strictObject({
      layer: z.number().int().min(1),
      digest,
      createdBy: z.string().optional(),
      instruction: z.string().describe('`createdBy` as a Dockerfile has it.'),
      line: z.strictObject({ file: z.string(), line: z.number().int().min(1), endLine: z.number().int().min(1) }).optional(),
      size: z.strictObject({ compressed: bytes, tar: bytes, content: bytes }),
      files: z.number().int(),
      wasteBytes: bytes.describe('Of its content: what nobody sees.'),
    }),
  ),
  causes: z
    .array(
      z.strictObject({
        id: z.string(),
        title: z.string(),
        fix: z.string(),
        rule: z.string().optional().describe('The rule of the linter that finds it in a Dockerfile: `plimsoll explain RULE`.'),
        cost: z.string().optional().describe('What is given up with the bytes; then they do not count as avoidable.'),
        sizeBytes: bytes,
        files: z.number().int(),
        layers: z.array(z.strictObject({ layer: z.number().int().min(1), sizeBytes: bytes })),
      }),
    )
    .describe('Each byte counts under the first cause that takes it.'),
  waste: z.array(
    z.strictObject({
      how: z.enum(['deleted', 'overwritten', 'owner or mode changed', 'written again unchanged']),
      fix: z.string(),
      rule: z.string().optional(),
      layer: z.number().int().min(1).describe('The one that brings it.'),
      by: z.number().int().min(1).describe('The one that hides it.'),
      sizeBytes: bytes,
      files: z.array(z.strictObject({ path: z.string(), sizeBytes: bytes })),
    }),
  ),
  other: z
    .array(z.strictObject({ kind: z.string(), sizeBytes: bytes, files: z.number().int() }))
    .describe('What no cause took, by what it is; `unknown` is unexplained.'),
  packages: z.array(z.strictObject({ by: z.string(), name: z.string(), version: z.string(), sizeBytes: bytes })),
  files: z.array(
    z.strictObject({
      path: z.string(),
      sizeBytes: bytes,
      layer: z.number().int().min(1),
      kind: z.string(),
      owner: z.string().optional().describe('`debian curl`, `python flask`.'),
      cause: z.string().optional(),
    }),
  ),
});
