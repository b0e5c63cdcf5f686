import { sha256 } from '../../base/node.ts';
import { isForeign } from '../spec/media-types.ts';
import type { Descriptor } from '../types.ts';
import { checkAnnotations } from './annotations.ts';
import { SECTION, type Report } from './finding.ts';

/** image-spec, manifest.md, "Guidance for an Empty Descriptor". */
export const EMPTY_TYPE = 'application/vnd.oci.empty.v1+json';
const EMPTY = Buffer.from('{}');

/** What is wrong with a descriptor by itself, beside its shape. `at`: where it stands in its document. */
export function checkDescriptor(descriptor: Descriptor, at: string, report: Report): void {
  const { mediaType, digest, size, urls, data } = descriptor;
  checkAnnotations(descriptor.annotations, `${at}.annotations`, report);
  for (const [i, url] of (urls ?? []).entries()) {
    const told = { path: `${at}.urls[${i}]`, section: SECTION.descriptor };
    // RFC 3986 has no space and no character beyond ASCII.
    if (!URL.canParse(url) || /[^\u0021-\u007E]/.test(url)) report(`\`${url.slice(0, 80)}\` is no URI`, told);
    else if (!/^https?:/i.test(url)) report('should be an address of http or https', { ...told, severity: 'note' });
  }
  if (isForeign(mediaType)) {
    const told = { path: `${at}.mediaType`, severity: 'note', section: SECTION.foreign } as const;
    report(
      urls?.length ? 'non-distributable layers are deprecated' : 'a layer that no registry holds should say in `urls` where it is',
      told,
    );
  }
  if (data !== undefined && data !== null) checkData(descriptor, data, `${at}.data`, report);
  if (mediaType === EMPTY_TYPE && (digest !== sha256(EMPTY) || size !== EMPTY.length))
    report('is called empty, and is not the two bytes `{}`', { path: at, section: SECTION.empty });
}

function checkData({ digest, size }: Descriptor, data: string, path: string, report: Report): void {
  const told = { path, section: SECTION.data };
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(data)) return report('is no Base64', told);
  const bytes = Buffer.from(data, 'base64');
  if (bytes.length !== size) report(`holds ${bytes.length} bytes, \`size\` says ${size}`, told);
  else if (sha256(bytes) !== digest) report(`holds what has digest ${sha256(bytes)}`, told);
}
