import { z } from 'zod';

/** What several of the documents have in them. */

export const position = z.object({ line: z.number().int().min(1), column: z.number().int().min(1) });
export const evidence = z.union([
  z.strictObject({
    from: z.literal('file'),
    file: z.string(),
    range: z.strictObject({ start: position, end: position }),
    text: z.string(),
  }),
  z.strictObject({ from: z.literal('rule'), rule: z.string(), says: z.string() }),
  z.strictObject({ from: z.enum(['config', 'flag', 'answer']), name: z.string() }),
  z.strictObject({ from: z.literal('run'), what: z.string(), text: z.string() }),
]);
export const because = z
  .array(evidence)
  .min(1)
  .describe('Where it comes from: source, a rule of Plimsoll, plimsoll.yaml, a flag, or a run.');
export const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
export const bytes = z.number().int().min(0);
/** Of a file: the package whose record names it. */
export const owner = z.string().optional();
export const figure = z.strictObject({ value: z.number(), unit: z.enum(['ms', 'bytes', 'count', 'exit']), text: z.string() });

export const image = z.strictObject({
  digest: digest.describe("The manifest's."),
  ref: z.string().describe('As skopeo writes it: `oci:DIR:TAG`.'),
  platform: z.string().describe('`linux/amd64`.'),
  size: z.strictObject({ compressed: bytes, uncompressed: bytes.describe("The sum of the layers' tars.") }),
  layers: z.array(z.strictObject({ name: z.string(), digest, compressed: bytes, uncompressed: bytes })),
});
export const timings = z.record(z.string(), z.number().int()).describe('Milliseconds by step.');

export const notes = z.array(z.string());
export const pushed = z.string().optional().describe('Where it was pushed: `registry/name:tag@sha256:…`. Absent where it was not.');

export const exitCode = z.number().int();
export const whole = z.number().int().min(0);
export const document = <const Shape extends z.ZodRawShape>(kind: string, shape: Shape) =>
  z.strictObject({ schema: z.literal(`plimsoll/${kind}/1`), ...shape });

/** How an installed package is named. */
export const named = {
  ecosystem: z.enum(['debian', 'alpine', 'rpm', 'python', 'npm']),
  name: z.string(),
  version: z.string(),
  purl: z.string(),
};
