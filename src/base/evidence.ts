/** A position in a text: line and column count from 1, columns in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Half-open: `end` is the position after the last character. */
export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** Where an error is. `file` is relative to the folder that was read, with `/`. */
export interface Place {
  readonly file: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/** Where a value came from. */
export type Evidence =
  | { readonly from: 'file'; readonly file: string; readonly range: Range; readonly text: string }
  | { readonly from: 'rule'; readonly rule: string; readonly says: string }
  | { readonly from: 'config' | 'flag' | 'answer'; readonly name: string }
  | { readonly from: 'run'; readonly what: string; readonly text: string };

/** Never empty, by type: what nobody can trace cannot be written down. */
export type Because = readonly [Evidence, ...Evidence[]];

export type Confidence = 'certain' | 'likely' | 'guess';

export interface Fact<T> {
  readonly value: T;
  readonly confidence: Confidence;
  readonly because: Because;
}

/** The value is written in a file, or follows from it without doubt. */
export const certain = <T>(value: T, ...because: Because): Fact<T> => ({ value, confidence: 'certain', because });

/** A convention of the field says so; exceptions exist. */
export const likely = <T>(value: T, ...because: Because): Fact<T> => ({ value, confidence: 'likely', because });

/** The best reading of thin evidence. */
export const guess = <T>(value: T, ...because: Because): Fact<T> => ({ value, confidence: 'guess', because });

/** Evidence that is text in a file. */
export const inFile = (file: string, range: Range, text: string): Evidence => ({ from: 'file', file, range, text });

/** Evidence that is a named rule, with what the rule says here. */
export const inferred = (rule: string, says: string): Evidence => ({ from: 'rule', rule, says });

/** As `cite`, without the number of the line: for files that are kept, which would be out of date with each line above it. */
export const citeLasting = (evidence: Evidence): string =>
  evidence.from === 'file' ? `${evidence.file}: ${firstLine(evidence.text)}` : cite(evidence);

/** One line for people: `app/main.py:12: app = FastAPI()`. */
export function cite(evidence: Evidence): string {
  switch (evidence.from) {
    case 'file':
      return `${evidence.file}:${evidence.range.start.line}: ${firstLine(evidence.text)}`;
    case 'rule':
      return `${evidence.says} (${evidence.rule})`;
    case 'config':
      return `plimsoll.yaml: ${evidence.name}`;
    case 'flag':
      return evidence.name;
    case 'answer':
      return `your answer: ${evidence.name}`;
    case 'run':
      return `${evidence.what}: ${firstLine(evidence.text)}`;
  }
}

const firstLine = (text: string): string => (text.split('\n', 1)[0] ?? '').trim();

/** `file:line:column`, as far as it is known. */
export function formatPlace(place: Place): string {
  return [place.file, place.line, place.column].filter((part) => part !== undefined).join(':');
}
