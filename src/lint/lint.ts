import type { Range } from '../base/index.ts';
import {
  evaluate,
  ignoreMatcher,
  optionsAt,
  parse,
  type CheckOptions,
  type Dockerfile,
  type Evaluation,
  type Problem,
} from '../dockerfile/index.ts';
import * as all from './rules/index.ts';
import type { Fix, PresetName, Report, Rule, Severity, Subject } from './types.ts';

/** All rules. A module's names come sorted, so the order is stable. */
export const rules: readonly Rule[] = Object.values(all);

export interface Finding {
  readonly rule: Rule;
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
}

export interface LintOptions {
  readonly preset?: PresetName;
  /** Ids or aliases: these rules alone, whatever the preset. */
  readonly only?: readonly string[];
  /** The text of the .dockerignore beside the file. */
  readonly ignore?: string | undefined;
  /** The platform of an image, as `os/architecture`, where it is known. */
  readonly platformOf?: (image: string) => string | undefined;
}

/** Judges one Dockerfile. */
export function lint(text: string, options: LintOptions = {}): Linted {
  const file = parse(text);
  const preset = options.preset ?? 'recommended';
  let evaluation: Evaluation | undefined;
  const subject: Subject = {
    file,
    get evaluation() {
      evaluation ??= evaluate(file);
      return evaluation;
    },
    ignored: ignoredBy(options.ignore),
    platformOf: options.platformOf ?? ((): undefined => undefined),
  };
  const chosen = rules.filter((rule) =>
    options.only === undefined ? rule.presets.includes(preset) : namedIn(rule, new Set(options.only)),
  );
  const { options: check, problems } = subject.evaluation;
  const findings = chosen.flatMap((rule) =>
    [...rule.detect(subject)]
      .filter((report) => isOn(rule, optionsAt(check, report.comments ?? [])))
      .map((report) => findingOf(rule, report, file, preset, check)),
  );
  return { file, problems, findings: findings.toSorted(byPlace) };
}

/** Nothing can be told from a .dockerignore with exceptions, as BuildKit has it. */
function ignoredBy(text: string | undefined): Subject['ignored'] {
  if (text === undefined || /^\s*!/m.test(text)) return undefined;
  return ignoreMatcher(text);
}

const namedIn = (rule: Rule, names: ReadonlySet<string>): boolean => names.has(rule.id) || rule.aliases.some((alias) => names.has(alias));

function isOn(rule: Rule, { skip, experimental }: CheckOptions): boolean {
  if (rule.experimental === true) return experimental === 'all' || namedIn(rule, experimental);
  return skip !== 'all' && !namedIn(rule, skip);
}

/** In `hadolint` and `buildkit` a finding is where those tools say it is: from the instruction's first line on. */
function findingOf(rule: Rule, report: Report, file: Dockerfile, preset: PresetName, check: CheckOptions): Finding {
  const precise = file.rangeOf(report.span);
  const start = report.lines?.start ?? report.instruction?.startLine ?? precise.start.line;
  const range =
    preset === 'recommended' || start === precise.start.line ? precise : { start: { line: start, column: 1 }, end: precise.end };
  return { rule, severity: check.error ? 'error' : rule.severity, message: report.message, range, report, fix: report.fix };
}

const byPlace = (a: Finding, b: Finding): number =>
  a.range.start.line - b.range.start.line ||
  a.range.start.column - b.range.start.column ||
  (a.rule.id < b.rule.id ? -1 : a.rule.id > b.rule.id ? 1 : 0);
