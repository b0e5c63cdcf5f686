import type { Because, Evidence } from '../../base/index.ts';
import type { Finding, Scan } from '../../scan/index.ts';
import { failed, gate, listed, passed, seen, skipped, unproven } from '../outcome.ts';
import { count } from '../quantity.ts';
import type { Quantity } from '../types.ts';

export const vulnerabilities = gate({
  id: 'vulnerabilities',
  level: 'required',
  promise: 'No package in the image has a known vulnerability that counts, by sources that answered for every one of them.',
  why: 'What is known to be broken is what is tried first. A source that did not answer is no sign that there is nothing: without an answer for each package this is unproven and never passed. It asks others over the network, so it is measured only where plimsoll.yaml has `scan:`, or `--only` names it.',
  source: 'OWASP Top 10, "Vulnerable and Outdated Components"; NIST SP 800-190, 4.1.1, "Image vulnerabilities"',
  needs: [],
  limit: () => known(0),
  async measure({ scanned }) {
    if (!scanned)
      return skipped('nobody asked for it: it needs sources outside; `scan:` in plimsoll.yaml or `--only vulnerabilities` has it measured');
    const { scan, judgement } = await scanned();
    const asked = scan.sources.map(({ name, answered, asked: of, asOf }) =>
      seen(name, `${answered} of ${of} packages answered${asOf === undefined ? '' : `, as of ${asOf.slice(0, 10)}`}`),
    );
    const counting = judgement.findings.filter(({ counts }) => counts);
    const ids = [...new Set(counting.map(({ advisory }) => advisory.id))];
    const [first, ...rest] = counting.map(evidenceOf);
    if (first) return failed(`known: ${listed(ids)}`, FIX, [first, ...rest.slice(0, 40), ...asked], known(ids.length));
    if (judgement.verdict === 'unknown') return unproven(whyUnknown(scan), REMEDY);
    const evidence = [seen('packages', `${scan.packages.length} asked about`), ...asked] as unknown as Because;
    const open = judgement.unknown.length;
    const notes = [
      ...(judgement.findings.length > 0 ? [`${judgement.findings.length} that do not count, by plimsoll.yaml or VEX`] : []),
      ...(open > 0 ? [`${open} packages unknown, which was allowed`] : []),
    ];
    return passed(evidence, { measured: known(0), ...(notes.length > 0 ? { why: notes.join('; ') } : {}) });
  },
});

const known = (value: number): Quantity => count(value, 'vulnerability', 'vulnerabilities');

function evidenceOf({ result, advisory, because }: Finding): Evidence {
  const { severity = 'unrated', fixed, id } = advisory;
  const through = result.through.length > 0 ? `, through ${listed(result.through)}` : '';
  const fix = fixed === undefined ? 'nobody has fixed it' : `fixed in ${fixed}`;
  return seen(
    id,
    `${result.package.name} ${result.package.version}${through}: ${severity}, ${fix}${because === undefined ? '' : `; ${because}`}`,
  );
}

function whyUnknown({ packages, unread }: Scan): string {
  if (packages.length === 0) return 'the image has no record of any package, so nothing is known of what is in it';
  const open = packages.filter(({ unanswered }) => unanswered.length > 0);
  const reasons = [
    ...new Set(open.flatMap(({ unanswered }) => unanswered.map(({ why }) => why))),
    ...unread.map(({ path, why }) => `/${path}: ${why}`),
  ];
  return `${open.length} of ${packages.length} packages are unknown: ${listed(reasons, 2)}`;
}

const FIX =
  'take the fixed versions: `plimsoll pin --update` for what the lock holds, or the dependency that leads there; what does not concern the service says a VEX document (`scan.vex`), what may wait says `scan.ignore` with a reason and a day';
const REMEDY =
  'let the sources be reached, or name others under `scan:` in plimsoll.yaml (docs/scan.md): `osv`, `database`; `allowUnknown: true` lets it through';
