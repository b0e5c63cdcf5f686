import { z } from 'zod';
import { bytes, document } from './parts.ts';

export const discoverDocument = document('discover', {
  writable: z.array(z.strictObject({ path: z.string(), written: z.array(z.string()) })).describe('Folders to mount.'),
  misplaced: z.array(z.strictObject({ path: z.string(), why: z.string() })).describe('Written where none can be mounted.'),
  variables: z
    .array(
      z.strictObject({
        name: z.string(),
        need: z.enum(['required', 'optional']),
        secret: z.boolean(),
        from: z.enum(['source', 'start']).describe('Its source reads it; or a start without it failed and named it.'),
      }),
    )
    .describe('Read without a default, and declared by no file.'),
  memory: z.strictObject({ seenBytes: bytes, how: z.enum(['cgroup', 'sampled']), limitBytes: bytes.describe('With head room.') }),
  readyAfterMs: z.number().int(),
  otherPorts: z.array(z.number().int()).describe('What it listens on beside its own.'),
  confirmed: z
    .strictObject({ works: z.boolean(), why: z.string().optional() })
    .describe('Whether it works with a read-only root, these folders, these variables and this limit.'),
  runs: z.number().int(),
  changes: z.array(z.strictObject({ path: z.string(), diff: z.string(), conflicts: z.array(z.number().int()) })),
  written: z.boolean().describe('Whether `--write` made the changes.'),
});
