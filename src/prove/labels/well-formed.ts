import { isLicenceExpression } from '../../sbom/index.ts';

export const PREFIX = 'org.opencontainers.image.';

/** What a value must be, by key: image-spec, annotations.md, "Pre-Defined Annotation Keys". Others are free text. */
const FORMS: Readonly<Record<string, readonly [isRight: (value: string, licences: ReadonlySet<string>) => boolean, what: string]>> = {
  created: [isTime, 'a time of RFC 3339, such as `2026-11-30T12:00:00Z`'],
  url: [isAddress, 'a URL'],
  documentation: [isAddress, 'a URL'],
  source: [isAddress, 'a URL, such as `https://git.example/team/app`'],
  licenses: [isLicenceExpression, 'an SPDX licence expression, such as `Apache-2.0 OR MIT`'],
  'base.digest': [(value) => /^sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})$/.test(value), 'a digest, `sha256:…`'],
};

/** What is wrong with a label of the specification; undefined when nothing is, and for labels of others. */
export function problemOf(key: string, value: string, licences: ReadonlySet<string>): string | undefined {
  if (!key.startsWith(PREFIX)) return undefined;
  if (value.trim() === '') return 'is empty';
  if (/^\$\{?\w+\}?$|^\{\{.*\}\}$/.test(value.trim())) return `is \`${value}\`, which nobody filled in`;
  const form = FORMS[key.slice(PREFIX.length)];
  return form === undefined || form[0](value, licences) ? undefined : `is \`${value}\`, and not ${form[1]}`;
}

/** RFC 3339, 5.6, `date-time`, with a day that its month has. */
export function isTime(text: string): boolean {
  const found = /^(\d{4}-\d\d-(\d\d))[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/.exec(text);
  return (
    found !== null && !Number.isNaN(Date.parse(text.toUpperCase())) && new Date(`${found[1]}T00:00:00Z`).getUTCDate() === Number(found[2])
  );
}

/** RFC 3986 with an authority: `git@host:path` is git's own shorthand, and no URL. */
function isAddress(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/\s]/i.test(text) && URL.canParse(text) && !/\s/.test(text);
}
