import { onceFor } from '../../base/index.ts';
import { rangesIn } from '../../dockerfile/index.ts';
import {
  lint,
  shellFindings,
  shellScripts,
  type HadolintConfig,
  type LintOptions,
  type PresetName,
  type RuleFacts,
  type ShellComment,
  type ShellScript,
} from '../../lint/index.ts';
import type { JudgedFile, ReportedFinding } from '../../report/index.ts';
import type { LintInput } from '../lint-files.ts';

/** By what files are judged. Plain data. */
export interface Terms {
  readonly preset: PresetName;
  /** Rules by name; undefined: those of the preset. */
  readonly only: readonly string[] | undefined;
  readonly hadolint: HadolintConfig | undefined;
  /** Whether the scripts are wanted too, for ShellCheck. */
  readonly scripts: boolean;
}

/** A file that was judged, as plain data: it can be sent from one thread to another. */
export type Verdict = Omit<JudgedFile, 'file'> & { readonly text: string; readonly scripts: readonly string[] };

/** Judges files, and keeps what it takes to find the places of what ShellCheck says of them. */
export interface Judge {
  /** One for each file, in their order. */
  verdicts(): Promise<readonly Verdict[]>;
  /** The findings in each file, by what ShellCheck said of each of its scripts. */
  shell(comments: readonly (readonly (readonly ShellComment[])[])[]): Promise<readonly (readonly ReportedFinding[])[]>;
  end(): Promise<void>;
}

export const lintOptions = (input: LintInput, { preset, only, hadolint }: Terms): LintOptions => ({
  preset,
  path: input.inRepository,
  ignore: input.ignore,
  contexts: input.contexts,
  hadolint,
  ...(only === undefined ? {} : { only }),
});

/** Judges in this thread, file by file as they are read. */
export function judgeHere(inputs: Iterable<LintInput>, terms: Terms): Judge & { readonly each: () => Iterable<Verdict> } {
  const { preset, hadolint } = terms;
  const kept: { readonly file: Parameters<typeof shellFindings>[0]; readonly scripts: readonly ShellScript[] }[] = [];
  const judged = (input: LintInput): Verdict => {
    const { file, problems, isFragment, developmentSaidBy, findings } = lint(input.text, lintOptions(input, terms));
    // Ten thousand trees would take 300 MB: only who asks ShellCheck keeps them.
    const scripts = terms.scripts ? shellScripts(file) : [];
    if (terms.scripts) kept.push({ file, scripts });
    const texts = scripts.map(({ text }) => text);
    return { path: input.path, text: input.text, problems, isFragment, developmentSaidBy, findings: findings.map(plain), scripts: texts };
  };
  function* each(): Iterable<Verdict> {
    for (const input of inputs) yield judged(input);
  }
  return {
    each,
    verdicts: async () => [...each()],
    shell: async (comments) =>
      kept.map(({ file, scripts }, i) => shellFindings(file, scripts, comments[i] ?? [], { preset, hadolint }).map(plain)),
    end: async () => {},
  };
}

const plain = ({ rule, severity, message, range, fix }: ReportedFinding): ReportedFinding => ({
  rule: factsOf(rule),
  severity,
  message,
  range,
  fix,
});

/** Functions and patterns stay where they are. */
const factsOf = onceFor(({ id, aliases, presets, severity, fixes, summary, why, source }: RuleFacts): RuleFacts => ({
  id,
  aliases,
  presets,
  severity,
  fixes,
  summary,
  why,
  source,
}));

/** What a report is made of. */
export const reported = ({ path, text, problems, isFragment, developmentSaidBy, findings }: Verdict): JudgedFile => ({
  path,
  file: { text, rangeOf: rangesIn(text) },
  problems,
  isFragment,
  developmentSaidBy,
  findings,
});
