import { applyEdits, clashes, type Edit } from '../dockerfile/index.ts';
import { lint, type Finding, type Linted } from './lint.ts';
import type { LintOptions } from './subject.ts';
import { isUnsafe } from './types.ts';
import { openVersions, pinVersions, type OpenVersions, type VersionLookup } from './versions/index.ts';

export interface Fixed {
  readonly text: string;
  /** Findings that were mended, in the order in which that happened. */
  readonly fixed: readonly Finding[];
}

/** Rounds of fixing: one fix may make room for another. Measured with bench/lint-fixes.mjs: five do for every real file. */
const MAX_ROUNDS = 50;

export interface FixOptions extends LintOptions {
  /** Also fixes that change what the image contains. */
  readonly unsafe?: boolean;
  /** Versions of packages, where somebody has looked them up. */
  readonly versionOf?: VersionLookup | undefined;
}

/**
 * Mends what can be mended. Fixes that touch the same place wait for the next round; a fix whose result BuildKit would
 * refuse where it took the file before, or whose finding is still there, is not made.
 */
export function fix(text: string, options: FixOptions = {}): Fixed {
  const fixed: Finding[] = [];
  let state: State = { text, judged: judge(text, options) };
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const chosen = choose(state.judged.findings, options.unsafe ?? false);
    const next = firstGood(state, [chosen, ...chosen.map((finding) => [finding])], options);
    if (next === undefined) break;
    fixed.push(...next.made);
    state = next;
  }
  return { text: state.text, fixed };
}

/** The versions that fixes could name if somebody looked them up. */
export function versionsWanted(text: string, options: LintOptions = {}): OpenVersions {
  const { file, findings } = lint(text, options);
  return openVersions(file, findings);
}

interface State {
  readonly text: string;
  readonly judged: Linted;
}

/** The findings, with those fixes too that name a version. */
function judge(text: string, options: FixOptions): Linted {
  const judged = lint(text, options);
  const { versionOf } = options;
  if (versionOf === undefined) return judged;
  const findings = judged.findings.map((finding): Finding => {
    if (finding.fix !== undefined) return finding;
    const named = pinVersions(judged.file, finding.rule, finding.report, versionOf);
    return named === undefined ? finding : { ...finding, fix: named };
  });
  return { ...judged, findings };
}

/** The text with the first of these sets of fixes that does good: all at once, or else one of them. */
function firstGood(
  { text, judged }: State,
  attempts: readonly (readonly Finding[])[],
  options: FixOptions,
): (State & { readonly made: readonly Finding[] }) | undefined {
  for (const made of attempts) {
    const mended = applyEdits(
      text,
      made.flatMap((finding) => finding.fix?.edits ?? []),
    );
    if (mended === text) continue;
    const after = judge(mended, options);
    if (isBetter(judged, after, made)) return { text: mended, judged: after, made };
  }
  return undefined;
}

/** Whether BuildKit minds no more than before, and each rule finds less. */
function isBetter(before: Linted, after: Linted, made: readonly Finding[]): boolean {
  const found = ({ findings }: Linted, id: string): number => findings.filter(({ rule }) => rule.id === id).length;
  return after.problems.length <= before.problems.length && made.every(({ rule: { id } }) => found(after, id) < found(before, id));
}

/** Fixes that do not touch one another, from the top. */
function choose(findings: readonly Finding[], unsafe: boolean): readonly Finding[] {
  const edits: Edit[] = [];
  return findings.filter((finding) => {
    if (finding.fix === undefined || (isUnsafe(finding.rule, finding.fix) && !unsafe)) return false;
    if (finding.fix.edits.some((edit) => edits.some((other) => clashes(edit, other)))) return false;
    edits.push(...finding.fix.edits);
    return true;
  });
}
