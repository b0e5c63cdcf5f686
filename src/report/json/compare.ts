import { z } from 'zod';
import { gate } from './proof.ts';
import { bytes, digest, document, owner } from './parts.ts';

const side = z.strictObject({
  ref: z.string(),
  digest,
  platform: z.string(),
  size: z.strictObject({ compressed: bytes, uncompressed: bytes, hidden: bytes.describe('Replaced or deleted by a later layer.') }),
  layers: z.number().int(),
  files: z.number().int(),
  user: z.string(),
  entrypoint: z.array(z.string()),
  command: z.array(z.string()),
  setuid: z.array(z.string()),
  tools: z.strictObject({ shells: z.array(z.string()), packageManagers: z.array(z.string()), compilers: z.array(z.string()) }),
  findings: z.number().int().optional().describe('Of the linter, in the Dockerfile that was named.'),
  builtMs: z.number().int().optional().describe('What its build took, by the JSON of that build.'),
  gates: z.array(gate).optional().describe('With `--prove` or `--service`.'),
  vulnerabilities: z
    .strictObject({
      known: z.array(z.strictObject({ id: z.string(), package: z.string(), version: z.string(), fixed: z.string().optional() })),
      unknownPackages: z.number().int().describe('Packages for which not all sources answered.'),
    })
    .optional()
    .describe('With `--scan`.'),
});

export const compareDocument = document('compare', {
  before: side,
  after: side,
  rows: z
    .array(z.strictObject({ what: z.string(), before: z.string(), after: z.string(), change: z.string() }))
    .describe('The table, as people see it.'),
  settings: z
    .array(z.strictObject({ name: z.string(), before: z.string().optional(), after: z.string().optional() }))
    .describe('`ENV PATH`, `LABEL maintainer`: what the configs say differently.'),
  files: z.strictObject({
    changes: z
      .array(
        z.discriminatedUnion('kind', [
          z.strictObject({ kind: z.literal('added'), path: z.string(), owner, after: bytes }),
          z.strictObject({ kind: z.literal('removed'), path: z.string(), owner, before: bytes }),
          z.strictObject({
            kind: z.literal('changed'),
            path: z.string(),
            owner,
            aspects: z.array(z.enum(['content', 'type', 'mode', 'owner', 'attributes'])),
            before: bytes,
            after: bytes,
          }),
        ]),
      )
      .describe('By path. A directory that came or went is named only where nothing in it is.'),
    onlyTimes: z.number().int().describe('Paths that differ in nothing but their time of change.'),
  }),
  folders: z
    .array(z.strictObject({ folder: z.string(), before: bytes, after: bytes }))
    .describe('Bytes of files, the largest change first.'),
  packages: z
    .array(z.strictObject({ name: z.string(), before: z.string().optional(), after: z.string().optional() }))
    .describe('`debian libc6`, `python flask`: versions before and after.'),
  regressions: z
    .array(z.strictObject({ what: z.string(), says: z.string() }))
    .describe('What got worse by more than is tolerated: the row of the table, and how.'),
});
