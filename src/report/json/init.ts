import { z } from 'zod';
import { document } from './parts.ts';

export const initDocument = document('init', {
  files: z.array(
    z.strictObject({
      path: z.string(),
      state: z
        .enum(['missing', 'same', 'merged', 'conflict', 'foreign'])
        .describe(
          'What was there before: `merged`: a file that takes in what is new; `foreign`: one that Plimsoll did not write and does not touch.',
        ),
      text: z.string().describe('What is there afterwards.'),
      conflicts: z.array(z.number().int().min(1)).describe('Lines of `text` at which conflicts begin.'),
    }),
  ),
  questions: z
    .array(
      z.strictObject({
        id: z.string(),
        question: z.string(),
        flag: z.string(),
        choices: z.array(z.strictObject({ choice: z.string(), says: z.string() })),
      }),
    )
    .describe('What neither the repository nor plimsoll.yaml says. The first choice is recommended, and taken.'),
  adopted: z
    .array(
      z.strictObject({
        what: z.string(),
        value: z.string(),
        at: z.strictObject({ file: z.string(), line: z.number().int().min(1) }),
        keys: z.array(z.strictObject({ key: z.string(), value: z.unknown() })).describe('Keys of plimsoll.yaml that say it from now on.'),
        leftOut: z.string().optional().describe('Why it is not taken over.'),
      }),
    )
    .describe('What `--adopt` read from the Dockerfile that was there.'),
});
