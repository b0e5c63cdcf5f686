import type { Span, TextFile } from '../../text.ts';
import type { Problem } from '../../types.ts';

/** A value with the place where it stands. */
export interface Written {
  readonly text: string;
  readonly span: Span;
}

/** What setup.py or setup.cfg declares, as far as it can be read without running anything. */
export interface Declared {
  readonly file: TextFile;
  readonly name?: Written;
  readonly version?: Written;
  readonly description?: Written;
  readonly requires?: Written;
  /** Absent: nothing is said. */
  readonly install?: readonly Written[];
  /** The requirements are those of these files: `open('requirements.txt')`, `file: requirements.txt`. */
  readonly from?: readonly string[];
  /** By normalised name. */
  readonly extras: ReadonlyMap<string, readonly Written[]>;
  readonly problems: readonly Problem[];
}

/** `web:sys_platform == "linux"`, `:python_version < "3.11"`: an extra's key may carry a marker. setuptools' manual, “Optional dependencies”. */
export function keyOf(written: string): { readonly extra: string; readonly marker?: string } {
  const colon = written.indexOf(':');
  if (colon < 0) return { extra: written.trim() };
  return { extra: written.slice(0, colon).trim(), marker: written.slice(colon + 1).trim() };
}

/** A requirement under such a marker. */
export function under(marker: string | undefined, { text, span }: Written): Written {
  if (marker === undefined) return { text, span };
  const [requirement = '', own] = text.split(/\s*;\s*/, 2);
  return { text: `${requirement} ; ${own === undefined ? marker : `(${own}) and (${marker})`}`, span };
}
