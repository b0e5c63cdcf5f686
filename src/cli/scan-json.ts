import type { ScanReport } from '../report/index.ts';
import type { Policy } from '../scan/index.ts';

/** What `scan --json` prints. */
export const scanJson = (image: string, digest: string, policy: Policy, { scan, judgement, totals }: ScanReport): unknown => ({
  schema: 'plimsoll/scan/1',
  image,
  digest,
  verdict: judgement.verdict,
  failOn: policy.failOn,
  totals,
  sources: scan.sources,
  packages: scan.packages.map(({ package: one, status, answered, unanswered, through, advisories }) => ({
    ecosystem: one.ecosystem,
    name: one.name,
    version: one.version,
    purl: one.purl,
    status,
    answered,
    unanswered,
    through,
    vulnerabilities: advisories.map((advisory) => {
      const finding = judgement.findings.find((it) => it.advisory === advisory);
      return { ...advisory, counts: finding?.counts ?? true, ...(finding?.because === undefined ? {} : { because: finding.because }) };
    }),
  })),
  own: scan.own,
  unread: scan.unread,
  unusedIgnores: judgement.unused,
});
