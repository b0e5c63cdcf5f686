import { z } from 'zod';

const address = z.string().regex(/^https?:\/\/\S+$/, 'an http or https address');

/** `scan:` in plimsoll.yaml. With it the check `vulnerabilities` is measured. */
export const scanSettings = z.strictObject({
  failOn: z
    .enum(['critical', 'high', 'medium', 'low', 'any'])
    .optional()
    .describe('The severity from which on a vulnerability counts. What nobody rated counts always. Default: `any`.'),
  ignoreUnfixed: z.boolean().optional().describe('Vulnerabilities that nobody has fixed are told and do not count.'),
  allowUnknown: z.boolean().optional().describe('Packages that no source answered for are told, and let through.'),
  ignore: z
    .array(
      z.strictObject({
        id: z.string().min(1).describe('CVE, GHSA, PYSEC or any other of its names.'),
        package: z.string().min(1).optional().describe('Only in this package, or those built from it.'),
        reason: z.string().min(10, 'a reason that others understand, of ten characters at least').describe('Why it may stay.'),
        until: z.iso
          .date('a day such as "2027-03-31" (in quotes)')
          .describe('The last day on which that holds; from then on it counts again.'),
      }),
    )
    .optional()
    .describe('Vulnerabilities that do not count, for a time.'),
  vex: z.array(z.string().min(1)).optional().describe('VEX documents, OpenVEX or CycloneDX: what is not affected does not count.'),
  database: z
    .string()
    .min(1)
    .optional()
    .describe('A folder or zip archive of OSV documents, which is then asked in place of everybody else.'),
  databaseFrom: address.optional().describe('Where `--update-database` fetches it: OSV’s archives, with `{ecosystem}` in the address.'),
  osv: address.optional().describe('A service that speaks OSV’s API, asked about everything that is installed.'),
  debianTracker: z.string().min(1).optional().describe('Debian’s security tracker as JSON, by its address or as a file.'),
  pypi: address.optional().describe('The index of Python, in place of pip’s own setting; it ends in `/simple`.'),
  npm: address.optional().describe('The registry of npm, in place of npm’s own setting.'),
});
