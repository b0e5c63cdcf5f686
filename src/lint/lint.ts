import type { Range } from '../base/index.ts';
import { optionsAt, parse, type CheckOptions, type Dockerfile, type Problem } from '../dockerfile/index.ts';
import { DEFAULT_HADOLINT_CONFIG, type HadolintConfig } from './hadolint-settings.ts';
import { commentPragmas, hadolintPragmas, type IsIgnored } from './pragmas.ts';
import { developmentSaidBy, developmentStages } from './purpose.ts';
import { readDockerfile } from './reading/index.ts';
import * as all from './rules/index.ts';
import { subjectOf, type LintOptions } from './subject.ts';
import type { Fix, PresetName, Report, Rule, RuleFacts, Severity, Subject } from './types.ts';

/** All rules. A module's names come sorted, so the order is stable. */
export const rules: readonly Rule[] = Object.values(all);

export interface Finding {
  readonly rule: RuleFacts;
  readonly severity: Severity;
  readonly message: string;
  readonly range: Range;
  readonly report: Report;
  readonly fix: Fix | undefined;
}

export interface Linted {
  readonly file: Dockerfile;
  readonly findings: readonly Finding[];
  /** What BuildKit refuses. The first is the one it names. */
  readonly problems: readonly Problem[];
  /** The file has no FROM and was taken for the rest of a stage. */
  readonly isFragment: boolean;
  /** What says that it is for tests, examples or development, so that rules on what is shipped say nothing of it. */
  readonly developmentSaidBy: 'path' | 'comment' | undefined;
}

/** Judges one Dockerfile. */
export function lint(text: string, options: LintOptions = {}): Linted {
  const file = parse(text);
  const preset = options.preset ?? 'recommended';
  const config = { ...DEFAULT_HADOLINT_CONFIG, ...options.hadolint };
  const subject = subjectOf(file, options);
  const saidBy = preset === 'recommended' ? developmentSaidBy(file, subject.path) : undefined;
  const isForDevelopment = preset === 'recommended' && saidBy === undefined ? developmentStages(file) : undefined;
  const { options: check, problems } = subject.evaluation;
  const isIgnored = ignoring(subject, preset, config);
  const findings: Finding[] = [];
  for (const rule of chosenRules(preset, options)) {
    if ((saidBy !== undefined && rule.shippedOnly === true) || rule.mentions?.test(subject.said) === false) continue;
    for (const report of rule.detect(subject)) {
      // `# check=` is BuildKit's, and hadolint does not know it.
      if (preset !== 'hadolint' && !isOn(rule, optionsAt(check, report.comments ?? []))) continue;
      if (rule.shippedOnly === true && isForDevelopment?.(lineOf(report) ?? 0) === true) continue;
      const finding = findingOf(rule, report, file, preset, severityOf(rule, preset === 'hadolint' ? undefined : check, config));
      if (!isIgnored([rule.id, ...rule.aliases, ...(rule.answeredBy ?? [])], lineOf(report) ?? finding.range.start.line))
        findings.push(finding);
    }
  }
  const isFragment = preset !== 'buildkit' && file.instructions.length > 0 && !file.instructions.some(({ name }) => name === 'FROM');
  return { file, problems, isFragment, developmentSaidBy: saidBy, findings: sortFindings(findings) };
}

let last: { readonly preset: PresetName; readonly options: LintOptions; readonly chosen: readonly Rule[] } | undefined;

/** The rules that the options ask for. The files of a run share them, so they are looked up once. */
function chosenRules(preset: PresetName, options: LintOptions): readonly Rule[] {
  const { only, hadolint } = options;
  if (last?.preset === preset && last.options.only === only && last.options.hadolint === hadolint) return last.chosen;
  const names = only && new Set(only);
  const config = { ...DEFAULT_HADOLINT_CONFIG, ...hadolint };
  const chosen = rules.filter((rule) => (names === undefined ? isChosen(rule, preset, config) : namedIn(rule, names)));
  last = { preset, options, chosen };
  return chosen;
}

const isChosen = (rule: Rule, preset: PresetName, config: HadolintConfig): boolean =>
  rule.presets.includes(preset) &&
  !rule.aliases.some((alias) => config.ignored.includes(alias)) &&
  (rule.offByDefault !== true || overrideOf(rule, config) !== undefined);

/** hadolint looks at the line above alone; for us, each comment right above counts, and ours counts everywhere. */
function ignoring(subject: Pick<Subject, 'file' | 'reading'>, preset: PresetName, config: HadolintConfig): IsIgnored {
  const theirs = config.disableIgnorePragma ? [] : ['hadolint'];
  if (preset !== 'hadolint') return commentPragmas(subject.file, ['plimsoll', ...theirs]);
  const ours = commentPragmas(subject.file, ['plimsoll']);
  if (config.disableIgnorePragma) return ours;
  const itself = hadolintPragmas(subject.reading);
  return (names, line) => itself(names, line) || ours(names, line);
}

/** What comments and configuration say of findings that other programs made: whether they count, and how grave they are. */
export function judgeOf(file: Dockerfile, options: LintOptions): (rule: RuleFacts, line: number) => Severity | undefined {
  const config = { ...DEFAULT_HADOLINT_CONFIG, ...options.hadolint };
  const subject = {
    file,
    get reading() {
      return readDockerfile(file);
    },
  };
  const isIgnored = ignoring(subject, options.preset ?? 'recommended', config);
  return (rule, line) => {
    const names = [rule.id, ...rule.aliases];
    if (names.some((name) => config.ignored.includes(name)) || isIgnored(names, line)) return undefined;
    return overrideOf(rule, config) ?? rule.severity;
  };
}

/** The severity that the configuration gives a rule: the gravest. */
const overrideOf = (rule: RuleFacts, { override }: HadolintConfig): Severity | undefined =>
  SEVERITIES.find((severity) => rule.aliases.some((alias) => override[severity].includes(alias)));

const SEVERITIES = ['error', 'warning', 'info', 'style'] as const;

const severityOf = (rule: Rule, check: CheckOptions | undefined, config: HadolintConfig): Severity =>
  check?.error === true ? 'error' : (overrideOf(rule, config) ?? rule.severity);

const lineOf = ({ lines, instruction }: Report): number | undefined => lines?.start ?? instruction?.startLine;

const namedIn = (rule: Rule, names: ReadonlySet<string>): boolean => names.has(rule.id) || rule.aliases.some((alias) => names.has(alias));

function isOn(rule: Rule, { skip, experimental }: CheckOptions): boolean {
  if (rule.experimental === true) return experimental === 'all' || namedIn(rule, experimental);
  return skip !== 'all' && !namedIn(rule, skip);
}

/** In `hadolint` and `buildkit` a finding is where those tools say it is: from the instruction's first line on. */
function findingOf(rule: Rule, report: Report, file: Dockerfile, preset: PresetName, severity: Severity): Finding {
  const precise = file.rangeOf(report.span);
  const start = lineOf(report) ?? precise.start.line;
  const range =
    preset === 'recommended' || start === precise.start.line ? precise : { start: { line: start, column: 1 }, end: precise.end };
  return { rule, severity, message: report.message, range, report, fix: report.fix };
}

/** In the order of the text. */
export const sortFindings = <F extends Placed>(findings: readonly F[]): readonly F[] => findings.toSorted(byPlace);

type Placed = Pick<Finding, 'rule' | 'range'>;

const byPlace = (a: Placed, b: Placed): number =>
  a.range.start.line - b.range.start.line ||
  a.range.start.column - b.range.start.column ||
  (a.rule.id < b.rule.id ? -1 : a.rule.id > b.rule.id ? 1 : 0);
