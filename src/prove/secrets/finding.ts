/** A secret of an image, for a report: nothing of it but its beginning. */
export interface Finding {
  /** `Docker token dckr… (36 characters)`. */
  readonly what: string;
  /** `/app/.env:3 (layer 4: COPY . /app; a later layer deletes it)`. */
  readonly where: string;
  /** What it lies in, as plimsoll.yaml may name it: `/app/.env`, the name of a variable or label; absent for the rest. */
  readonly in?: string;
  /** Where in an archive: `lib.jar!config/app.yaml`. */
  readonly inside?: string;
  /** False where only a name says that it is one. */
  readonly known: boolean;
}

/** From `prove.allowSecrets` in plimsoll.yaml: what is no secret, or may be in the image all the same. */
export interface AllowedSecret {
  /** `/app/certs/*.pem` (`**` for folders too), `/app/a.zip!config/*` in an archive, or the name of a variable or label. */
  readonly in: string;
  readonly reason: string;
}

/** The first of these that lets a finding through. */
export const allowing = (finding: Finding, allowed: readonly AllowedSecret[]): AllowedSecret | undefined =>
  allowed.find(({ in: pattern }) => placesOf(finding).some((place) => patternOf(pattern).test(place)));

/** An archive, and the file in it. */
const placesOf = ({ in: place, inside }: Finding): readonly string[] =>
  place === undefined ? [] : inside === undefined ? [place] : [place, `${place}!${inside}`];

/** `*` stands for anything but a slash, `**` for anything. */
const patternOf = (text: string): RegExp =>
  new RegExp(
    `^${text.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(/\*\*|\*/g, (stars) => (stars === '*' ? '[^/]*' : '.*'))}$`,
  );
