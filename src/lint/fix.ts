import { applyEdits, clashes, type Edit } from '../dockerfile/index.ts';
import { lint, type Finding, type LintOptions } from './lint.ts';

export interface Fixed {
  readonly text: string;
  /** Findings that were mended, in the order in which that happened. */
  readonly fixed: readonly Finding[];
}

/** Rounds of fixing: one fix may make room for another, and none is that deep. */
const MAX_ROUNDS = 10;

/**
 * Mends what can be mended. Fixes that touch the same place wait for the next round; a fix whose result BuildKit would
 * refuse where it took the file before, or whose finding is still there, is not made. `unsafe`: also those that change
 * what the image contains.
 */
export function fix(text: string, options: LintOptions & { readonly unsafe?: boolean } = {}): Fixed {
  const fixed: Finding[] = [];
  let current = text;
  let judged = lint(text, options);
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const chosen = choose(judged.findings, options.unsafe ?? false);
    if (chosen.length === 0) break;
    const next = applyEdits(
      current,
      chosen.flatMap((finding) => finding.fix?.edits ?? []),
    );
    const after = lint(next, options);
    if (after.problems.length > judged.problems.length || count(after.findings, chosen) >= count(judged.findings, chosen)) break;
    fixed.push(...chosen);
    [current, judged] = [next, after];
  }
  return { text: current, fixed };
}

/** Fixes that do not touch one another, from the top. */
function choose(findings: readonly Finding[], unsafe: boolean): readonly Finding[] {
  const edits: Edit[] = [];
  return findings.filter((finding) => {
    if (finding.fix === undefined || (finding.rule.fixes === 'unsafe' && !unsafe)) return false;
    if (finding.fix.edits.some((edit) => edits.some((other) => clashes(edit, other)))) return false;
    edits.push(...finding.fix.edits);
    return true;
  });
}

/** Findings of the rules that were to be mended. */
function count(findings: readonly Finding[], chosen: readonly Finding[]): number {
  const rules = new Set(chosen.map((finding) => finding.rule.id));
  return findings.filter((finding) => rules.has(finding.rule.id)).length;
}
