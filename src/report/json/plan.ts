import { z } from 'zod';
import { because, document } from './parts.ts';

const decision = z.strictObject({
  id: z.string(),
  question: z.string(),
  choice: z.string(),
  says: z.string().describe('The choice in one line, for people.'),
  because,
  alternatives: z.array(z.strictObject({ choice: z.string(), tradeOff: z.string() })),
  decidedBy: z.enum(['detected', 'config', 'flag', 'answer', 'default']),
});

export const planDocument = document('plan', {
  service: z.looseObject({ ecosystem: z.looseObject({ value: z.literal('python'), because }), applications: z.array(z.unknown()) }),
  decisions: z.array(decision),
  contract: z.looseObject({
    entrypoint: z.array(z.string()),
    command: z.array(z.string()),
    workingDir: z.string(),
    user: z.strictObject({ uid: z.number().int(), gid: z.number().int(), name: z.string(), shell: z.string().optional() }),
    environment: z.array(z.looseObject({ name: z.string() })),
    ports: z.array(z.looseObject({ port: z.number().int() })),
    writablePaths: z.array(z.looseObject({ path: z.string() })),
    stop: z.strictObject({ signal: z.string(), graceMs: z.number() }),
    readyWithinMs: z.number(),
  }),
  recipe: z.looseObject({}).describe('What an engine needs; not for others to rely on.'),
  dockerfile: z.looseObject({}).describe('What the written Dockerfile does in its own way; not for others to rely on.'),
});
