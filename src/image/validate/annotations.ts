import { SECTION, type Report } from './finding.ts';

/** image-spec 1.1, annotations.md, "Pre-Defined Annotation Keys", after `org.opencontainers.image.`. */
const KNOWN = new Set(
  'created authors url documentation source version revision vendor licenses ref.name title description base.digest base.name'.split(' '),
);
const OURS = 'org.opencontainers.image.';
// RFC 3339, section 5.6.
const DATE = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;
/** The grammar beside `org.opencontainers.image.ref.name`. */
const REF_NAME = /^[A-Za-z0-9]+(?:(?:[-._:@+]|--)[A-Za-z0-9]+)*(?:\/[A-Za-z0-9]+(?:(?:[-._:@+]|--)[A-Za-z0-9]+)*)*$/;

/** What is wrong with annotations, or with the labels of a config, which keep to the same rules. */
export function checkAnnotations(annotations: Readonly<Record<string, string>> | null | undefined, at: string, report: Report): void {
  for (const [key, value] of Object.entries(annotations ?? {})) {
    const path = `${at}.${key}`;
    if (key === '') report('an annotation without a name', { path: at, severity: 'note', section: SECTION.annotations });
    if (!key.startsWith(OURS)) continue;
    const name = key.slice(OURS.length);
    if (!KNOWN.has(name))
      report('is no key of the specification, which reserves its prefix', { path, severity: 'note', section: SECTION.annotations });
    const told = { path, severity: 'note', section: SECTION.annotationKeys } as const;
    if (name === 'created' && !DATE.test(value)) report(`\`${value.slice(0, 80)}\` is no date as in RFC 3339`, told);
    if (name === 'ref.name' && !REF_NAME.test(value))
      report(`\`${value.slice(0, 80)}\` does not keep to the grammar of reference names`, told);
    if (name === 'base.digest' && !/^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[A-Za-z0-9=_-]+$/.test(value))
      report(`\`${value.slice(0, 80)}\` is no digest`, told);
  }
}
