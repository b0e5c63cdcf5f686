import { secretsIn, type PlacedSecret } from '../../base/index.ts';

/** A secret that was found. Its text is never kept. */
export interface Secret {
  /** `AWS access key`, `private key`. */
  readonly name: string;
  /** What may be shown of it: `AKIA… (20 characters)`. */
  readonly shown?: string;
  /** From 1; absent in files that are no text. */
  readonly line?: number;
  /** Where it begins in a file that is no text. Bytes. */
  readonly offset?: number;
  /** The way to the file that has it, in archives: `['lib.jar', 'config/app.yaml']` within `app.tar`. */
  readonly inside?: readonly string[];
  /** Its shape or its file says that it is one; or only the name that it is given does, and it looks random. */
  readonly known: boolean;
}

/** Secrets in a text, each with its line. */
export const secretsInText = (text: string): readonly Secret[] => secretsIn(text).map((it) => inText(it, text, true));

export const inText = ({ at, name, shown }: PlacedSecret, text: string, known: boolean): Secret => ({
  name,
  ...(shown === undefined ? {} : { shown }),
  line: linesBefore(text, at) + 1,
  known,
});

function linesBefore(text: string, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
