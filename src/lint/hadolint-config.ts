import type { Document } from 'yaml';
import { DEFAULT_HADOLINT_CONFIG, type HadolintConfig, type LabelType } from './hadolint-settings.ts';
import type { Severity } from './types.ts';

/** What is wrong with a .hadolint.yaml. */
export interface HadolintConfigProblem {
  readonly message: string;
  readonly hint: string;
  /** From 1. */
  readonly line: number;
}

export type HadolintConfigRead =
  | { readonly config: HadolintConfig; readonly problem?: undefined }
  | { readonly config?: undefined; readonly problem: HadolintConfigProblem };

/**
 * Reads the text of a .hadolint.yaml. Keys that hadolint does not know are left alone, as it does; of those that it
 * knows, `format`, `formats`, `no-color` and `verbose` are about its output and have no meaning here.
 */
export async function readHadolintConfig(text: string): Promise<HadolintConfigRead> {
  // The parser is large, and few have such a file.
  const { parseDocument, LineCounter } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error !== undefined) {
    const line = lines.linePos(error.pos[0]).line;
    return { problem: { message: error.message.split('\n')[0] ?? 'no YAML', hint: 'indent with blanks, and put names in quotes', line } };
  }
  const lineOf = (path: readonly string[]): number => {
    const range = nodeRange(document, path);
    return range === undefined ? 1 : lines.linePos(range).line;
  };
  try {
    return { config: configOf(document.toJS() as unknown) };
  } catch (wrong) {
    if (!(wrong instanceof Wrong)) throw wrong;
    return { problem: { message: wrong.message, hint: wrong.hint, line: lineOf(wrong.path) } };
  }
}

function nodeRange(document: Document, path: readonly string[]): number | undefined {
  const node: unknown = document.getIn(path, true);
  return typeof node === 'object' && node !== null && 'range' in node ? (node.range as readonly [number] | undefined)?.[0] : undefined;
}

/** A value that hadolint would not take. */
class Wrong extends Error {
  constructor(
    readonly path: readonly string[],
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}

function configOf(value: unknown): HadolintConfig {
  const all = mapAt(value, []);
  const override = mapAt(all['override'], ['override']);
  const codes = (severity: Severity): readonly string[] => textsAt(override[severity], ['override', severity]);
  return {
    ignored: textsAt(all['ignored'], ['ignored']),
    override: { error: codes('error'), warning: codes('warning'), info: codes('info'), style: codes('style') },
    trustedRegistries: textsAt(all['trustedRegistries'], ['trustedRegistries']),
    labelSchema: labelsAt(all['label-schema']),
    strictLabels: booleanAt(all, 'strict-labels'),
    disableIgnorePragma: booleanAt(all, 'disable-ignore-pragma'),
    failureThreshold: thresholdAt(all['failure-threshold']),
    noFail: booleanAt(all, 'no-fail'),
  };
}

const nameOf = (path: readonly string[]): string => (path.length === 0 ? 'the file' : `\`${path.join('.')}\``);

function mapAt(value: unknown, path: readonly string[]): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new Wrong(path, `${nameOf(path)} is no map`, 'write `KEY: VALUE` lines, as `ignored: [DL3008]`');
  }
  return value as Record<string, unknown>;
}

function textsAt(value: unknown, path: readonly string[]): readonly string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string')) {
    throw new Wrong(path, `${nameOf(path)} is no list of names`, 'write one name a line with `- ` before it');
  }
  return value as string[];
}

function booleanAt(all: Readonly<Record<string, unknown>>, key: string): boolean {
  const value = all[key] ?? false;
  if (typeof value !== 'boolean') throw new Wrong([key], `${nameOf([key])} is neither true nor false`, 'write `true` or `false`');
  return value;
}

const THRESHOLDS: Readonly<Record<string, HadolintConfig['failureThreshold']>> = {
  error: 'error',
  warning: 'warning',
  info: 'info',
  style: 'style',
  ignore: 'none',
  none: 'none',
};

function thresholdAt(value: unknown): HadolintConfig['failureThreshold'] {
  if (value === undefined || value === null) return DEFAULT_HADOLINT_CONFIG.failureThreshold;
  const threshold = typeof value === 'string' && Object.hasOwn(THRESHOLDS, value) ? THRESHOLDS[value] : undefined;
  if (threshold !== undefined) return threshold;
  throw new Wrong(['failure-threshold'], '`failure-threshold` is no severity', 'write error, warning, info, style, ignore or none');
}

const LABEL_TYPES: ReadonlySet<string> = new Set<LabelType>(['email', 'hash', 'text', 'rfc3339', 'semver', 'spdx', 'url']);

function labelsAt(value: unknown): HadolintConfig['labelSchema'] {
  const labels: Record<string, LabelType> = {};
  for (const [name, type] of Object.entries(mapAt(value, ['label-schema']))) {
    const known = type === '' ? 'text' : type;
    if (typeof known !== 'string' || !LABEL_TYPES.has(known)) {
      throw new Wrong(['label-schema', name], `\`${String(type)}\` is no type of a label`, `write one of ${[...LABEL_TYPES].join(', ')}`);
    }
    labels[name] = known as LabelType;
  }
  return labels;
}
