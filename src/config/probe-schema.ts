import { z } from 'zod';
import { REQUEST } from './probe.ts';

const request = z.string().regex(REQUEST, 'a request such as `GET /orders 200`');
const texts = z.record(z.string().min(1), z.string());
const when = z
  .enum(['before', 'during', 'after'])
  .default('before')
  .describe('`before` other requests, when the service is ready; `during` them; `after` them, at the end.');

const expected = z.strictObject({
  headers: texts.optional().describe('Headers of the answer, and what each contains.'),
  text: z.string().min(1).optional().describe('What the body contains.'),
  matches: z.string().min(1).refine(isPattern, 'a regular expression').optional().describe('A regular expression for the body.'),
  json: z
    .record(z.string().min(1), z.union([z.string(), z.number(), z.boolean(), z.null()]))
    .optional()
    .describe('Parts of a JSON body by their path, such as `items.0.id`, and the value of each.'),
});

const http = z.strictObject({
  request,
  slow: z.boolean().default(false).describe('Takes longer than 200 ms by nature: the request in flight when SIGTERM comes.'),
  headers: texts.optional().describe('Headers that are sent.'),
  body: z.string().optional().describe('The request body, sent as application/json.'),
  expect: expected.optional().describe('What is to come beside the status.'),
  when,
});

const tcp = z.strictObject({
  tcp: z.number().int().min(1).max(65535).describe('The port of a service that speaks something else than HTTP.'),
  send: z.string().min(1).describe('Text to send.'),
  expect: z.string().min(1).describe('Text that the answer contains.'),
  when,
});

/** One of `probes:`. */
export const probe = z.union([request, http, tcp]);

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
