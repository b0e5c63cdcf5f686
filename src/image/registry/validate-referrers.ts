import { EnvironmentError } from '../../base/index.ts';
import type { Digest } from '../../base/node.ts';
import { readIndex, readManifest } from '../spec/documents.ts';
import { isIndex } from '../spec/media-types.ts';
import type { Descriptor } from '../types.ts';
import { attempt, reporter, SECTION, type Mismatch, type Report } from '../validate/index.ts';
import type { RegistryJob } from './job.ts';
import type { Source } from './pull.ts';
import { bothLists } from './referrers.ts';

/** Lists that are asked for; an index of more images is asked for its first. */
const SUBJECTS = 50;

/** What is wrong with the lists of what is attached to these images, and with what they name. */
export async function referrerMismatches(source: Source, subjects: readonly Digest[], job: RegistryJob): Promise<Mismatch[]> {
  const found: Mismatch[] = [];
  for (const subject of subjects.slice(0, SUBJECTS)) {
    const report = reporter(found, `${source.name} referrers of ${subject}`, SECTION.referrers, subject);
    const lists = await bothLists(source.repository, subject, job).catch((error: unknown) => {
      job.signal?.throwIfAborted();
      if (!(error instanceof EnvironmentError)) throw error;
      report(`could not be asked for: ${error.message}`, { severity: 'note' });
      return { byApi: undefined, byTag: undefined };
    });
    compareLists(lists, report);
    for (const referrer of new Map([...(lists.byApi ?? []), ...(lists.byTag ?? [])].map((each) => [each.digest, each])).values())
      await checkReferrer(
        source,
        subject,
        referrer,
        reporter(found, `${source.name} referrer ${referrer.digest}`, SECTION.referrers, referrer.digest),
      );
  }
  return found;
}

/** A registry that knows referrers lists those of the tag too: distribution-spec, "Enabling the Referrers API". */
function compareLists({ byApi, byTag }: Awaited<ReturnType<typeof bothLists>>, report: Report): void {
  if (!byApi || !byTag) return;
  const known = new Set(byApi.map(({ digest }) => digest));
  for (const { digest } of byTag)
    if (!known.has(digest)) report(`${digest} is listed under the tag, and not by the registry`, { section: SECTION.referrersTag });
}

async function checkReferrer(source: Source, subject: Digest, referrer: Descriptor, report: Report): Promise<void> {
  const bytes = await attempt(() => source.document(referrer), report);
  if (!bytes) return;
  if (bytes.length !== referrer.size) report(`has ${bytes.length} bytes, the list says ${referrer.size}`);
  const manifest = isIndex(referrer.mediaType) ? undefined : readManifest(bytes).value;
  const document = manifest ?? readIndex(bytes).value;
  if (!document) return report('is neither a manifest nor an index');
  if (document.subject?.digest !== subject)
    report(`belongs to ${document.subject?.digest ?? 'nothing'}, not to what it is listed for`, { path: 'subject' });
  const own = manifest && (manifest.artifactType ?? manifest.config.mediaType);
  if (own !== undefined && referrer.artifactType !== undefined && referrer.artifactType !== own)
    report(`is ${own}, the list says ${referrer.artifactType}`, { path: 'artifactType' });
}
