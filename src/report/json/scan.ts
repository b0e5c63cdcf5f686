import { z } from 'zod';
import { digest, document, named, whole } from './parts.ts';

export const scanDocument = document('scan', {
  image: z.string().describe('As it was named.'),
  digest,
  verdict: z.enum(['clear', 'vulnerable', 'unknown']).describe('`clear` only where every package was answered for, or `--allow-unknown`.'),
  failOn: z.enum(['critical', 'high', 'medium', 'low', 'any']),
  totals: z.strictObject({
    counted: z
      .strictObject({ critical: whole, high: whole, medium: whole, low: whole, unrated: whole })
      .describe('Different vulnerabilities that count.'),
    notCounted: whole,
    packages: z.strictObject({ vulnerable: whole, clear: whole, unknown: whole }),
  }),
  sources: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      saysNothingOf: z.string().optional().describe('What its silence leaves open.'),
      asked: whole.describe('Packages.'),
      answered: whole,
      asOf: z.string().optional().describe('Of its oldest answer.'),
    }),
  ),
  packages: z.array(
    z.strictObject({
      ...named,
      status: z.enum(['vulnerable', 'clear', 'unknown']),
      answered: z.array(z.strictObject({ source: z.string(), asOf: z.string() })),
      unanswered: z
        .array(z.strictObject({ source: z.string().optional(), why: z.string() }))
        .describe('Not empty: not everything is known of it.'),
      through: z.array(z.string()).describe('Direct dependencies that lead to it.'),
      vulnerabilities: z.array(
        z.strictObject({
          id: z.string(),
          aliases: z.array(z.string()),
          severity: z.enum(['critical', 'high', 'medium', 'low']).optional().describe('Absent: nobody rated it.'),
          score: z.number().optional(),
          fixed: z.string().optional().describe('The first version without it; absent: nobody has fixed it.'),
          summary: z.string().optional(),
          sources: z.array(z.string()),
          counts: z.boolean(),
          because: z.string().optional().describe('Why it does not count, or counts again.'),
        }),
      ),
    }),
  ),
  own: z.array(z.string()).describe('Packages of the repository itself: nobody was asked about them.'),
  unread: z.array(z.strictObject({ path: z.string(), why: z.string() })).describe('Records of packages that could not be read.'),
  unusedIgnores: z.array(z.strictObject({ id: z.string(), package: z.string().optional(), reason: z.string(), until: z.string() })),
});
