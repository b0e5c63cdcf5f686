import { z } from 'zod';
import { because, figure } from './parts.ts';

/** What was measured of an image, as `prove`, `ship` and `compare` print it. */

const result = {
  id: z.string(),
  required: z.boolean(),
  levelBy: z.string().optional().describe('Why it is required, or not, where the profile says so.'),
  promise: z.string(),
  limit: figure.optional(),
  tookMs: z.number().int(),
};
export const gate = z.discriminatedUnion('outcome', [
  z.strictObject({ ...result, outcome: z.literal('passed'), measured: figure.optional(), why: z.string().optional(), evidence: because }),
  z.strictObject({
    ...result,
    outcome: z.literal('failed'),
    measured: figure.optional(),
    why: z.string(),
    fix: z.string(),
    evidence: because,
  }),
  z.strictObject({ ...result, outcome: z.literal('skipped'), why: z.string() }),
  z.strictObject({ ...result, outcome: z.literal('unproven'), why: z.string(), remedy: z.string() }),
]);
const ms = z.number().describe('Milliseconds since the start of the run.');
const run = z.strictObject({
  purpose: z.enum(['answers', 'stop']).describe('It was asked, or told to stop.'),
  readOnlyRoot: z.boolean(),
  moments: z
    .array(
      z.strictObject({
        what: z.enum(['ready', 'not ready', 'healthy', 'unhealthy', 'request', 'signal', 'exit', 'still running']),
        fromMs: ms,
        atMs: ms,
        says: z.string(),
        count: z.number().int().optional().describe('It stands for so many requests.'),
      }),
    )
    .describe('What happened, by time.'),
  log: z
    .strictObject({
      lines: z.array(z.strictObject({ atMs: ms, stream: z.enum(['stdout', 'stderr']), text: z.string() })),
      leftOut: z.number().int().describe('Lines between the first and the last that are here.'),
    })
    .describe('Values of secret variables are replaced by `[NAME]`.'),
});
const beside = z.discriminatedUnion('stands', [
  z.strictObject({
    name: z.string(),
    stands: z.literal(true),
    hosts: z.array(z.string()).describe('Names by which the service finds it.'),
    says: z.string().optional().describe('What of it is otherwise than where the service is at home.'),
    because,
  }),
  z.strictObject({ name: z.string(), stands: z.literal(false), why: z.string(), remedy: z.string(), because }),
]);
export const proof = {
  gates: z.array(gate),
  runs: z.array(run).describe('At most one of each purpose; none where nothing was run.'),
  beside: z
    .array(beside)
    .optional()
    .describe('What the repository or plimsoll.yaml names as standing beside the service, and whether it did.'),
  verdict: z.enum(['fit', 'unfit', 'unproven']),
  profile: z.string().optional().describe('The target whose rules it was held to.'),
  allowedUnproven: z.array(z.string()).describe('Gates that `--allow-unproven` let through.'),
};
