import { stripVTControlCharacters } from 'node:util';
import type { LogLine } from '../../run/index.ts';

const SEVERE = new Set(['ERROR', 'CRITICAL', 'FATAL', 'PANIC', 'ALERT', 'EMERG', 'EMERGENCY']);
const MILD = new Set(['TRACE', 'DEBUG', 'INFO', 'NOTICE', 'WARN', 'WARNING', 'SUCCESS']);

/** Words that may stand before the severity: date, time, zone, process, logger's name. */
const WORDS_BEFORE = 5;

/** Severities that are told otherwise than by a word in capitals. */
const OTHER_FORMS: readonly RegExp[] = [
  // nginx and Apache, after the time alone: `[error]`, `[core:crit]`
  /^(?:\[?[\w:./+-]*\d[\w:./+-]*\]?\s+|\[?[A-Z][a-z]{2}\s+)*\[(?:\w+:)?(?:error|crit|alert|emerg)\]/,
  // pino and bunyan: 50 is error, 60 is fatal
  /^\{.*"level":\s*[56]0\s*[,}]/,
  // klog and glog: severity, month and day, time
  /^[EF]\d{4} \d\d:\d\d:\d\d\.\d+ /,
  // Go, also where net/http lives on after it; Rust
  /^panic: |\bhttp: panic serving /,
  /^thread '[^']*' (?:\(\d+\) )?panicked at /,
];

/**
 * True for a line whose severity says that something is broken: `ERROR:    …` (uvicorn), `[…] [7] [ERROR] …` (gunicorn),
 * `2026-01-01 12:00:00,000 - app - ERROR - …`, `{"level": "error"}`, `level=error`. The word "error" in a text is none.
 */
export function isErrorLine(line: string): boolean {
  const text = stripVTControlCharacters(line);
  const field = /(?:^|[{,\s])"?(?:level|levelname|severity|lvl|log\.level)"?\s*[:=]\s*"?([A-Za-z]+)/i.exec(text)?.[1];
  if (field !== undefined) return SEVERE.has(field.toUpperCase());
  if (OTHER_FORMS.some((it) => it.test(text))) return true;
  // The first severity that stands by itself decides: `INFO: set LOG_LEVEL=ERROR` is no error.
  for (const word of text.split(/[\s|]+/, WORDS_BEFORE + 1)) {
    const token = /^[[(<]*([A-Z]+)(?::.*|[\])>:,-]*)$/.exec(word)?.[1];
    if (token !== undefined && MILD.has(token)) return false;
    if (token !== undefined && SEVERE.has(token)) return true;
  }
  return false;
}

/** The first line of what Python prints for an exception: traceback.print_exception. */
export const isTraceback = (text: string): boolean =>
  /^\s*(?:[|+]\s*)?(?:Exception Group )?Traceback \(most recent call last\):/.test(text);

/** A line inside a traceback: its head, its frames, their source and marks. */
export const isFrame = (text: string): boolean =>
  isTraceback(text) ||
  /^\s+(File "[^"]+", line \d+|\S.*|[~^]+\s*$)/.test(text) ||
  /^(During handling of|The above exception was)/.test(text);

const OUTWARD =
  /Connection refused|Name or service not known|Temporary failure in name resolution|Network is unreachable|No route to host|nodename nor servname|could not translate host name|could not connect to server|All connection attempts failed|Max retries exceeded|getaddrinfo failed|Cannot connect to host|ECONNREFUSED|EAI_AGAIN|\[Errno (-2|-3|-5|101|111|113)\]/i;

/** The first line that tells of a connection outward that failed: the proof's network is closed. */
export const outwardFailure = (lines: readonly LogLine[]): LogLine | undefined => lines.find((line) => OUTWARD.test(line.text));

/** The first line that tells of a Python module or a name in one that is not there. */
export const missingModule = (lines: readonly LogLine[]): LogLine | undefined =>
  lines.find((line) =>
    /\b(ModuleNotFoundError: No module named|ImportError: cannot import name|ImportError: lib\S+: cannot open)/.test(line.text),
  );

const READ_ONLY = /Read-only file system|\bEROFS\b|\[Errno 30\]|readonly database|unable to open database file/i;
const NO_RIGHT = /\[Errno 13\]|Permission denied|\bEACCES\b/i;

/** Lines that tell of it, each with the path that `quoted` finds in it. */
const refusals = (
  lines: readonly LogLine[],
  patterns: readonly RegExp[],
  quoted: RegExp,
): readonly { readonly line: LogLine; readonly path?: string }[] =>
  lines.flatMap((line) => {
    if (!patterns.some((pattern) => pattern.test(line.text))) return [];
    const path = quoted.exec(line.text)?.[1];
    return [{ line, ...(path === undefined ? {} : { path }) }];
  });

/** A refused write: EROFS under a read-only root. The path, where the line has one. */
export const readOnlyRefusals = (lines: readonly LogLine[]): ReturnType<typeof refusals> =>
  refusals(lines, [READ_ONLY], /['"](\/[^'"]*)['"]/);

/** Paths of writes that were refused, for a read-only root or for want of the right; relative ones are below `folder`. */
export function refusedWrites(lines: readonly LogLine[], folder: string): readonly string[] {
  const paths = refusals(lines, [READ_ONLY, NO_RIGHT], /['"]([^'"\s]+)['"]\s*$/).flatMap(({ path }) => path ?? []);
  return [...new Set(paths.map((path) => (path.startsWith('/') ? path : `${folder}/${path.replace(/^\.\//, '')}`)))];
}

/** The first of some folders that a line names which tells of a right that is wanting. */
export const deniedIn = (lines: readonly LogLine[], folders: readonly string[]): string | undefined =>
  folders.find((folder) => lines.some(({ text }) => NO_RIGHT.test(text) && pathsIn(text).some((path) => isIn(path, folder))));

/** What stands in a line as an absolute path, up to a blank, a quote or a colon. */
const pathsIn = (text: string): readonly string[] => text.match(/(?<![\w./-])\/[^\s'"`:]*/g) ?? [];
const isIn = (path: string, folder: string): boolean => `${path}/`.startsWith(folder.replace(/\/*$/, '/'));

/** The last lines of a log as one text for people, newest last. */
export const tail = (lines: readonly LogLine[], most = 5): string =>
  lines
    .slice(-most)
    .map((line) => line.text)
    .join('\n');

/** What a service said last: the last line that is not blank and no frame of a traceback. */
export const lastWords = (lines: readonly LogLine[]): string | undefined =>
  lines.findLast((line) => line.text.trim() !== '' && !isFrame(line.text))?.text.trim();
