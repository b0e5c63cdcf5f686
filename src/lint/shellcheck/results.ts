import { replace, type Dockerfile } from '../../dockerfile/index.ts';
import { judgeOf, type Finding } from '../lint.ts';
import type { LintOptions } from '../subject.ts';
import type { Fix, PresetName, RuleFacts, Severity } from '../types.ts';
import { HEADER_LINES, type ShellScript } from './scripts.ts';

/** One comment of `shellcheck -f json1`. Lines and columns from 1. */
export interface ShellComment {
  readonly line: number;
  readonly endLine: number;
  readonly column: number;
  readonly endColumn: number;
  readonly level: Severity;
  readonly code: number;
  readonly message: string;
  readonly fix: { readonly replacements: readonly Replacement[] } | null;
}

interface Replacement {
  readonly line: number;
  readonly endLine: number;
  readonly column: number;
  readonly endColumn: number;
  readonly replacement: string;
}

/** What cannot be said of a script in a Dockerfile: which file it sources, and that ash is read as dash. */
export const ALWAYS_EXCLUDED: readonly number[] = [1090, 1091, 2187];

/**
 * True of scripts in general, and noise in a RUN: lists of packages that are meant to be parted, `cd` before `&&`, names of
 * files with blanks in them, `%{…}` for rpm, `echo -n`, which dash and BusyBox know too.
 */
const NOISE = new Set([1083, 2038, 2044, 2046, 2086, 2155, 2164, 3037]);
/** "In POSIX sh, … is undefined": so it is where `sh` is dash; elsewhere it is bash or BusyBox, which know most of it. */
const isBeyondPosix = (code: number): boolean => code >= 3000 && code < 4000;

/** What ShellCheck said of a file's scripts, in their order, as our findings. */
export function shellFindings(
  file: Dockerfile,
  scripts: readonly ShellScript[],
  answers: readonly (readonly ShellComment[])[],
  options: LintOptions,
): readonly Finding[] {
  const preset = options.preset ?? 'recommended';
  const judge = judgeOf(file, options);
  return scripts.flatMap((script, i) =>
    (answers[i] ?? [])
      .filter(({ line, code, level }) => line > HEADER_LINES && !ALWAYS_EXCLUDED.includes(code) && isIn(preset, code, level, script))
      .flatMap((comment) => {
        const rule = ruleOf(comment);
        const { instruction } = script;
        const severity = judge(rule, instruction.startLine);
        if (severity === undefined) return [];
        const span = spanOf(script, comment);
        const precise = file.rangeOf(span);
        const fix = file.escape === '`' ? undefined : fixOf(script, comment);
        const range = preset === 'hadolint' ? { start: { line: instruction.startLine, column: 1 }, end: precise.end } : precise;
        return [{ rule, severity, message: comment.message, range, report: { span, message: comment.message, instruction, fix }, fix }];
      }),
  );
}

function isIn(preset: PresetName, code: number, level: Severity, { family }: ShellScript): boolean {
  if (preset !== 'recommended') return preset === 'hadolint';
  if (family === 'windows' || NOISE.has(code) || (level !== 'error' && level !== 'warning')) return false;
  return !isBeyondPosix(code) || family === 'debian' || family === 'ubuntu';
}

function ruleOf({ code, level }: ShellComment): RuleFacts {
  return {
    id: `shellcheck-${code}`,
    aliases: [`SC${code}`],
    presets: ['hadolint'],
    severity: level,
    fixes: 'unsafe',
    summary: `ShellCheck SC${code}`,
    why: 'A finding of ShellCheck in a script of the Dockerfile.',
    source: `ShellCheck wiki, "SC${code}"`,
  };
}

const spanOf = (script: ShellScript, place: Omit<Replacement, 'replacement'>): { start: number; end: number } => {
  const start = script.offsetOf(place.line, place.column);
  return { start, end: Math.max(start, script.offsetOf(place.endLine, place.endColumn)) };
};

function fixOf(script: ShellScript, { fix }: ShellComment): Fix | undefined {
  if (fix === null || fix.replacements.length === 0) return undefined;
  const edits = fix.replacements.map((replacement) => replace(spanOf(script, replacement), replacement.replacement));
  return { title: 'as ShellCheck proposes', edits };
}
