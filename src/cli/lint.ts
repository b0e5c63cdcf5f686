import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { Option } from 'commander';
import { nearest, UserError } from '../base/index.ts';
import { encodeText } from '../dockerfile/index.ts';
import {
  fix,
  keyOfPackage,
  lint,
  readHadolintConfig,
  rules,
  shellFindings,
  shellScripts,
  sortFindings,
  versionsWanted,
  type Finding,
  type HadolintConfig,
  type Linted,
  type LintOptions,
  type PresetName,
  type Severity,
  type VersionLookup,
} from '../lint/index.ts';
import { lintFormats, lintReport, unifiedDiff, type JudgedFile } from '../report/index.ts';
import { EXIT } from './exit.ts';
import { lintInputs, readHadolintFile, type LintInput } from './lint-files.ts';
import { examples } from './options.ts';
import { exitWith, interruptible } from './run-command.ts';
import { paintFor, progressOn, widthOf } from './terminal.ts';

interface Options {
  readonly preset: PresetName;
  readonly format?: string;
  readonly json?: boolean;
  readonly failOn?: Severity | 'none';
  readonly config?: string;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly shellcheck: boolean;
  readonly fix?: boolean;
  readonly unsafe?: boolean;
  readonly diff?: boolean;
  readonly online?: boolean;
}

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info', 'style'];

export function define(command: Command): void {
  command
    .argument('[files...]', 'Dockerfiles, folders to search, or `-` for standard input', ['.'])
    .addOption(new Option('--preset <name>', 'which rules').choices(['recommended', 'hadolint', 'buildkit']).default('recommended'))
    .addOption(new Option('--format <name>', 'for another program').choices(['terminal', ...Object.keys(lintFormats)]))
    .option('--json', 'one JSON document on standard output, as `--format json`')
    .addOption(
      new Option('--fail-on <severity>', 'exit 1 from this severity on')
        .choices([...SEVERITIES, 'none'])
        .default(undefined, 'warning; info in the preset hadolint'),
    )
    .option('--only <rules>', 'only these, with commas: names, or codes of hadolint and BuildKit', list)
    .option('--skip <rules>', 'not these, with commas', list)
    .option('--config <file>', 'a .hadolint.yaml (default: the one in this folder)')
    .option('--no-shellcheck', 'leave the shell inside RUN alone')
    .option('--fix', 'mend what can be mended without changing what the image contains')
    .option('--unsafe', 'with `--fix`: also what changes the image')
    .option('--diff', 'show what `--fix` would change, and change nothing')
    .option('--online', 'with `--fix` or `--diff`: ask pip, npm and go for versions that a fix then names')
    .addHelpText(
      'after',
      examples(
        'plimsoll lint                          every Dockerfile below this folder',
        'plimsoll lint Dockerfile --fix --diff  what would be mended',
        'plimsoll lint --diff --online          with the newest versions of packages that have none',
        'plimsoll lint --preset buildkit        what `docker build --check` reports',
        'plimsoll lint - --format sarif < Dockerfile',
        'plimsoll explain undefined-var         why a rule is there, with examples',
      ),
    )
    .action(async (files: readonly string[], options: Options) => {
      if (options.diff === true && (options.json === true || options.format !== undefined)) {
        throw new UserError('`--diff` prints a diff, and `--format` something else', 'ask for one of the two');
      }
      if (options.online === true && options.fix !== true && options.diff !== true) {
        throw new UserError(
          '`--online` asks for versions that a fix names, and nothing is to be fixed',
          'add `--fix`, or `--diff` to see it first',
        );
      }
      exitWith(await run(await lintInputs(files), options));
    });
}

const list = (value: string): string[] =>
  value
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);

async function run(inputs: readonly LintInput[], options: Options): Promise<number> {
  const only = chosenRules(options);
  const hadolint = options.preset === 'buildkit' ? undefined : await hadolintConfig(options.config);
  const failOn = options.failOn ?? defaultThreshold(options.preset, hadolint);
  const settings = (input: LintInput): LintOptions => ({
    preset: options.preset,
    path: input.inRepository,
    ignore: input.ignore,
    contexts: input.contexts,
    hadolint,
    ...(only === undefined ? {} : { only }),
  });
  const mended = options.fix === true || options.diff === true ? await mend(inputs, settings, options) : inputs;
  const judge = (input: LintInput): LintedFile => ({ path: input.path, ...lint(input.text, settings(input)) });
  const wanted = options.diff === true ? inputs : mended;
  const judged = asksShellcheck(options)
    ? await withShell(wanted.map(judge), options, hadolint)
    : wanted.map((input) => withoutTree(judge(input)));
  const format = options.json === true ? 'json' : (options.format ?? 'terminal');
  const write = lintFormats[format];
  // What was read from standard input goes, mended, to standard output: the report makes room.
  const stream = options.fix === true && inputs.some((input) => input.path === '-') ? process.stderr : process.stdout;
  if (write !== undefined) stream.write(write(judged));
  else if (options.diff !== true) stream.write(lintReport(judged, { paint: paintFor(stream), width: widthOf(stream) }));
  if (judged.some((file) => file.problems.length > 0)) return EXIT.request;
  return judged.some((file) => file.findings.some((finding) => counts(finding, failOn))) ? EXIT.unfit : EXIT.fine;
}

interface LintedFile extends Linted {
  readonly path: string;
}

/** What reports need. Ten thousand trees would take 300 MB. */
const withoutTree = ({ path, file: { text, rangeOf }, problems, isFragment, developmentSaidBy, findings }: LintedFile): JudgedFile => ({
  path,
  file: { text, rangeOf },
  problems,
  isFragment,
  developmentSaidBy,
  findings: findings.map(({ rule, severity, message, range, fix: mends }) => ({ rule, severity, message, range, fix: mends })),
});

/** BuildKit does not look at scripts. */
const asksShellcheck = ({ shellcheck, preset, only }: Options): boolean => shellcheck && preset !== 'buildkit' && only === undefined;

/** From which severity on a finding fails the run when no flag says so: in the preset `hadolint`, as hadolint has it. */
function defaultThreshold(preset: PresetName, hadolint: HadolintConfig | undefined): Severity | 'none' {
  if (hadolint?.noFail === true) return 'none';
  return preset === 'hadolint' ? (hadolint?.failureThreshold ?? 'info') : 'warning';
}

/** What .hadolint.yaml says. Throws UserError with the line that is wrong. */
async function hadolintConfig(named: string | undefined): Promise<HadolintConfig | undefined> {
  const found = await readHadolintFile(named);
  if (found === undefined) return undefined;
  const { config, problem } = await readHadolintConfig(found.text);
  if (problem !== undefined) throw new UserError(problem.message, problem.hint, { file: found.path, line: problem.line });
  return config;
}

/** The findings of ShellCheck among the others; without it that is said once. */
async function withShell(
  files: readonly LintedFile[],
  options: Options,
  hadolint: HadolintConfig | undefined,
): Promise<readonly JudgedFile[]> {
  const scripts = files.map((file) => shellScripts(file.file));
  if (scripts.every((list) => list.length === 0)) return files;
  const { findShellcheck, runShellcheck, WITHOUT_SHELLCHECK } = await import('./shellcheck.ts');
  const path = await findShellcheck();
  if (path === undefined) {
    process.stderr.write(`note: ${WITHOUT_SHELLCHECK}\n`);
    return files;
  }
  const answers = await runShellcheck(path, scripts.flat());
  let taken = 0;
  return files.map((file, i) => {
    const own = scripts[i] ?? [];
    const found = shellFindings(file.file, own, answers.slice(taken, taken + own.length), { preset: options.preset, hadolint });
    taken += own.length;
    return { ...file, findings: sortFindings([...file.findings, ...found]) };
  });
}

const counts = ({ severity }: Pick<Finding, 'severity'>, failOn: Severity | 'none'): boolean =>
  failOn !== 'none' && SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(failOn);

/** The rules by `--only` and `--skip`; undefined: those of the preset. Throws UserError for a name that no rule has. */
function chosenRules({ only, skip, preset }: Options): readonly string[] | undefined {
  const byName = new Map(rules.flatMap((rule) => [rule.id, ...rule.aliases].map((name) => [name.toLowerCase(), rule] as const)));
  const found = (name: string): string => {
    const rule = byName.get(name.toLowerCase());
    if (rule !== undefined) return rule.id;
    const near = nearest(
      name,
      [...byName.values()].flatMap((r) => [r.id, ...r.aliases]),
    );
    throw new UserError(
      `no rule is called \`${name}\``,
      near === undefined ? '`plimsoll explain` lists all names' : `did you mean \`${near}\`?`,
    );
  };
  if (only === undefined && skip === undefined) return undefined;
  const skipped = new Set((skip ?? []).map(found));
  const base = only === undefined ? rules.filter((rule) => rule.presets.includes(preset)).map((rule) => rule.id) : only.map(found);
  return base.filter((id) => !skipped.has(id));
}

/** Mends the files and writes them, or shows how they would change. */
async function mend(
  inputs: readonly LintInput[],
  settings: (input: LintInput) => LintOptions,
  options: Options,
): Promise<readonly LintInput[]> {
  const out: LintInput[] = [];
  const versionOf = options.online === true ? await askedVersions(inputs, settings) : undefined;
  for (const input of inputs) {
    const { text, fixed } = fix(input.text, { ...settings(input), unsafe: options.unsafe ?? false, versionOf });
    if (input.path === '-' && options.diff !== true) process.stdout.write(encodeText(text));
    else if (text !== input.text) {
      if (options.diff === true) process.stdout.write(unifiedDiff(input.path, input.text, text));
      else {
        await writeFile(input.path, encodeText(text));
        process.stderr.write(`${input.path}: ${fixed.length} mended\n`);
      }
    }
    out.push({ ...input, text });
  }
  return out;
}

/** The versions that the files leave open. What could not be had is said once for all of them. */
async function askedVersions(inputs: readonly LintInput[], settings: (input: LintInput) => LintOptions): Promise<VersionLookup> {
  const open = inputs.map((input) => versionsWanted(input.text, settings(input)));
  const packages = new Map(open.flatMap((each) => each.packages).map((wanted) => [keyOfPackage(wanted), wanted]));
  const others = open.flatMap((each) => each.others);
  const { lookUpVersions } = await import('./package-versions.ts');
  const { progress, stop } = progressOn(process.stderr);
  const asked = interruptible((signal) => lookUpVersions([...packages.values()], others, { progress, signal }));
  const { versionOf, notes } = await asked.finally(stop);
  for (const note of notes) process.stderr.write(`note: ${note}\n`);
  return versionOf;
}
