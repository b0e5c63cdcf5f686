/**
 * What was made of texts before, kept between runs: only a shortcut. A memo that is missing, damaged or cannot be
 * written costs time and nothing else. Values are plain JSON, made from their text alone.
 */
export interface Memo {
  /** `kind` names the function that made the value. */
  recall<T>(kind: string, text: string): T | undefined;
  remember(kind: string, text: string, value: unknown): void;
}

/** Remembers nothing. */
export const noMemo: Memo = { recall: () => undefined, remember: () => {} };
