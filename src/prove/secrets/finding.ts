/** A secret of an image, for a report: nothing of it but its beginning. */
export interface Finding {
  /** `Docker token dckr… (36 characters)`. */
  readonly what: string;
  /** `/app/.env:3 (layer 4: COPY . /app; a later layer deletes it)`. */
  readonly where: string;
  /** What it lies in, as plimsoll.yaml may name it: `/app/.env`, the name of a variable or label; absent for the rest. */
  readonly in?: string;
  /** False where only a name says that it is one. */
  readonly known: boolean;
}

/** From `prove.allowSecrets` in plimsoll.yaml: what is no secret, or may be in the image all the same. */
export interface AllowedSecret {
  /** `/app/certs/*.pem` (`**` for folders too), or the name of a variable or label. */
  readonly in: string;
  readonly reason: string;
}

/** The first of these that lets a finding through. */
export const allowing = (finding: Finding, allowed: readonly AllowedSecret[]): AllowedSecret | undefined =>
  finding.in === undefined ? undefined : allowed.find((it) => patternOf(it.in).test(finding.in ?? ''));

/** `*` stands for anything but a slash, `**` for anything. */
const patternOf = (text: string): RegExp =>
  new RegExp(
    `^${text.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(/\*\*|\*/g, (stars) => (stars === '*' ? '[^/]*' : '.*'))}$`,
  );
