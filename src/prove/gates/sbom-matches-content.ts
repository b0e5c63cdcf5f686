import { attachedBytes, packagesOf, type Image, type ImageTree, type Package } from '../../image/index.ts';
import { namedIn, namedPackage, SBOM_FORMATS, type NamedPackage } from '../../sbom/index.ts';
import { failed, gate, listed, passed, seen, skipped } from '../outcome.ts';
import { count } from '../quantity.ts';

export const sbomMatchesContent = gate({
  id: 'sbom-matches-content',
  level: 'required',
  promise: 'The SBOM that is attached to the image names exactly the packages that are in it, in their versions.',
  why: 'Who looks for a vulnerable version looks into the list, not into the image: what the list leaves out stays unfound.',
  source: 'OCI distribution-spec, "Listing Referrers"; NTIA, "The Minimum Elements For a Software Bill of Materials", "Accuracy"',
  needs: [],
  limit: () => count(0, 'difference'),
  async measure({ image, tree }) {
    const sbom = await attachedSbom(image);
    if (!sbom) return skipped('no SBOM is attached to it: `plimsoll build --sbom` attaches one, `plimsoll sbom` prints it');
    const evidence = seen('SBOM', sbom.kind);
    const names = namedIn(sbom.bytes);
    if (!names) return failed(`what is attached as ${sbom.kind} is no CycloneDX and no SPDX document`, FIX, [evidence]);
    const files = await tree();
    const { packages } = await packagesOf(files);
    const differences = differencesOf(names, packages, files);
    const looked = [evidence, seen('packages', `${names.length} in the list, ${packages.length} in the image`)] as const;
    const measured = count(differences.length, 'difference');
    return differences.length === 0 ? passed(looked, { measured }) : failed(listed(differences), FIX, looked, measured);
  },
});

const FIX =
  'make the list after the last step that changes the image, of the image itself: `plimsoll build --sbom`, or `plimsoll sbom IMAGE`';

/** Larger than any list of an image: Debian's whole archive would have 60 MB. */
const LARGEST = 64 * 1024 * 1024;

async function attachedSbom(image: Image): Promise<{ readonly kind: string; readonly bytes: Uint8Array } | undefined> {
  for (const { mediaType } of Object.values(SBOM_FORMATS)) {
    const bytes = await attachedBytes(image, mediaType, LARGEST);
    if (bytes) return { kind: mediaType, bytes };
  }
  return undefined;
}

/** For people, one for each package: what is not in the list, what is in it and not there, what has another version. */
function differencesOf(names: readonly NamedPackage[], packages: readonly Package[], tree: ImageTree): readonly string[] {
  const said = versionsBy(names);
  const there = versionsBy(packages.flatMap(({ purl }) => namedPackage(purl) ?? []));
  return [...new Set([...there.keys(), ...said.keys()])].toSorted().flatMap((what) => {
    const [inList, inImage] = [said.get(what) ?? new Set<string>(), there.get(what) ?? new Set<string>()];
    const unlisted = [...inImage].filter((version) => !inList.has(version));
    const gone = [...inList].filter((version) => !inImage.has(version) && !isBundled(what, version, tree));
    if (unlisted.length === 0 && gone.length === 0) return [];
    const title = what.replace(/^pkg:\w+\/(?:(?!@)[^/]+\/)?/, '');
    if (gone.length === 0) return [`the list lacks ${title} ${unlisted.join(', ')}`];
    return unlisted.length === 0
      ? [`${title} ${gone.join(', ')} is in the list alone`]
      : [`${title} is ${unlisted.join(', ')}, the list says ${gone.join(', ')}`];
  });
}

function versionsBy(all: readonly NamedPackage[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { what, version } of all) found.set(what, (found.get(what) ?? new Set()).add(version));
  return found;
}

/** Other tools list what a distribution has bundled (`setuptools/_vendor`), and modules of Node wherever they lie. */
function isBundled(what: string, version: string, tree: ImageTree): boolean {
  if (what.startsWith('pkg:npm/')) return true;
  const name = /^pkg:pypi\/(.+)$/.exec(what)?.[1];
  if (name === undefined) return false;
  const folder = `/${name.replaceAll(/[-_.]+/g, '-')}-${version}.dist-info/metadata`;
  return [...tree.entries.keys()].some((path) => path.endsWith('.dist-info/METADATA') && asNamed(path).endsWith(folder));
}

/** `…/jaraco.text-3.12.1.dist-info/METADATA`, its name as PEP 503 has it. */
const asNamed = (path: string): string =>
  path
    .toLowerCase()
    .replace(
      /\/([^/]+)-([^-/]+)\.dist-info\/metadata$/,
      (_, name: string, version: string) => `/${name.replaceAll(/[-_.]+/g, '-')}-${version}.dist-info/metadata`,
    );
