import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { Option } from 'commander';
import { nearest, UserError } from '../base/index.ts';
import { encodeText } from '../dockerfile/index.ts';
import {
  fix,
  keyOfPackage,
  readHadolintConfig,
  rules,
  sortFindings,
  versionsWanted,
  type Finding,
  type HadolintConfig,
  type LintOptions,
  type PresetName,
  type Severity,
  type VersionLookup,
} from '../lint/index.ts';
import { lintFormats, lintReport, unifiedDiff, type JudgedFile } from '../report/index.ts';
import { EXIT } from './exit.ts';
import { judgeHere, lintOptions, reported, type Judge, type Terms, type Verdict } from './judge/judge.ts';
import { judgeInThreads, threadsFor } from './judge/threads.ts';
import { lintPaths, readHadolintFile, readInputs, type LintInput } from './lint-files.ts';
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
      exitWith(await run(await lintPaths(files), options));
    });
}

const list = (value: string): string[] =>
  value
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);

async function run(paths: readonly string[], options: Options): Promise<number> {
  const hadolint = options.preset === 'buildkit' ? undefined : await hadolintConfig(options.config);
  const terms: Terms = { preset: options.preset, only: chosenRules(options), hadolint, scripts: asksShellcheck(options) };
  const failOn = options.failOn ?? defaultThreshold(options.preset, hadolint);
  const format = options.json === true ? 'json' : (options.format ?? 'terminal');
  const write = lintFormats[format];
  const judge = await judgeFor(paths, terms, options);
  try {
    const judged = await withShell(await judge.verdicts(), judge, terms);
    // What was read from standard input goes, mended, to standard output: the report makes room.
    const stream = options.fix === true && paths.includes('-') ? process.stderr : process.stdout;
    if (write !== undefined) stream.write(write(judged));
    else if (options.diff !== true) stream.write(lintReport(judged, { paint: paintFor(stream), width: widthOf(stream) }));
    if (judged.some((file) => file.problems.length > 0)) return EXIT.request;
    return judged.some((file) => file.findings.some((finding) => counts(finding, failOn))) ? EXIT.unfit : EXIT.fine;
  } finally {
    await judge.end();
  }
}

/** Many files are judged by several threads; what is mended is judged as it is then. */
async function judgeFor(paths: readonly string[], terms: Terms, options: Options): Promise<Judge> {
  const mends = options.fix === true || options.diff === true;
  const threads = mends || paths.includes('-') ? 1 : threadsFor(paths.length);
  if (threads > 1) return judgeInThreads(paths, terms, threads);
  const inputs = await readInputs(paths);
  const mended = mends ? await mend(inputs, (input) => lintOptions(input, terms), options) : inputs;
  return judgeHere(options.diff === true ? inputs : mended, terms);
}

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
async function withShell(verdicts: readonly Verdict[], judge: Judge, terms: Terms): Promise<readonly JudgedFile[]> {
  const files = verdicts.map(reported);
  if (!terms.scripts || verdicts.every(({ scripts }) => scripts.length === 0)) return files;
  const { findShellcheck, runShellcheck, WITHOUT_SHELLCHECK } = await import('./shellcheck.ts');
  const path = await findShellcheck();
  if (path === undefined) {
    process.stderr.write(`note: ${WITHOUT_SHELLCHECK}\n`);
    return files;
  }
  const answers = await runShellcheck(
    path,
    verdicts.flatMap(({ scripts }) => scripts),
  );
  let taken = 0;
  const comments = verdicts.map(({ scripts }) => answers.slice(taken, (taken += scripts.length)));
  const found = await judge.shell(comments);
  return files.map((file, i) => ({ ...file, findings: sortFindings([...file.findings, ...(found[i] ?? [])]) }));
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
