import { UserError, type Evidence } from '../../base/index.ts';
import { differencesOf, type Difference } from '../image-differences.ts';
import { failed, gate, listed, passed, seen, skipped } from '../outcome.ts';

export const reproducible = gate({
  id: 'reproducible',
  level: 'required',
  promise: 'Built a second time, with no layer from the first, the image is the same byte for byte.',
  why: 'Only then can anyone check that an image is of the source it names, and a digest changes when something changed and not each day. It takes as long as a build, so it is measured only where `--only` names it.',
  source: 'reproducible-builds.org, "Definition"; SLSA, "Verified reproducible"',
  needs: [],
  async measure({ image, rebuild }) {
    if (!rebuild)
      return skipped(
        'no second build was asked for: it takes as long as the first one; `--only reproducible` makes it, for images of the direct engine',
      );
    const digest = await image.digest();
    const second = await rebuild().catch((error: unknown) => {
      if (error instanceof UserError) return error;
      throw error;
    });
    if (second instanceof UserError)
      return failed(`the second build failed: ${second.message}`, second.hint, [seen('first build', digest)]);
    const again = await second.digest();
    const digests: readonly Evidence[] = [seen('first build', digest), seen('second build', again)];
    const found = await differencesOf(image, second);
    const [first, ...rest] = found;
    if (!first) return passed([seen('built twice', digest)]);
    const evidence = ({ where, what }: Difference): Evidence => seen(where, what);
    return failed(`it differs in ${listed(found.map(({ where, what }) => `${what} (${where})`))}`, FIX, [
      evidence(first),
      ...rest.slice(0, 20).map(evidence),
      ...digests,
    ]);
  },
});

const FIX =
  'let what writes it depend on the source alone: SOURCE_DATE_EPOCH in place of the clock, fixed names and seeds in place of random ones, sorted lists; if the repository changed since the image was built, build it again first';
