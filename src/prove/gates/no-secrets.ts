import type { Evidence } from '../../base/index.ts';
import { gate, failed, listed, passed, seen } from '../outcome.ts';
import { count } from '../quantity.ts';
import { allowing, type AllowedSecret, type Finding } from '../secrets/finding.ts';
import { secretsBeside } from '../secrets/in-attached.ts';
import { secretsInConfig } from '../secrets/in-config.ts';
import { secretsInLayers } from '../secrets/in-layers.ts';
import { ASSIGNED_LIMIT } from '../secrets/scan.ts';

export const noSecrets = gate({
  id: 'no-secrets',
  level: 'required',
  promise: 'No layer, no step of the history and no variable of the image holds a secret.',
  why: 'Whoever can pull an image can read all of its layers, also what a later layer deleted.',
  source: 'Docker, "Build secrets"; the token formats that their makers document',
  needs: [],
  limit: () => count(0, 'secret'),
  async measure({ image, tree, allowedSecrets = [] }) {
    const [inConfig, inLayers, beside] = [await secretsInConfig(image), await secretsInLayers(image, tree), await secretsBeside(image)];
    const { let: through, kept } = sorted([...inConfig, ...inLayers.found, ...beside.found], allowedSecrets);
    const known = kept.filter((it) => it.known);
    const noted = kept.filter((it) => !it.known);
    const searched = seen(
      'searched',
      `${inLayers.files} files in ${inLayers.layers} layers and ${inLayers.packedFiles} in ${inLayers.archives} archives, whole, those up to ${ASSIGNED_LIMIT >> 20} MiB for values by their names too; the history, the environment, the labels and the commands; ${beside.documents} documents beside the image`,
    );
    const notRead = [...inLayers.unread, ...beside.unread];
    const unread = notRead.map(({ where, why }) => seen(where, `not looked into, or not to its end: ${why}`));
    const others = [...noted.map((it) => seen(it.where, `may be a secret: ${it.what}`)), ...through, ...unread, searched] as const;
    const [first, ...rest] = known;
    if (!first) {
      const why = [
        ...(noted.length === 0 ? [] : [`may be secrets: ${listed(noted.map((it) => `${it.what} in ${it.where}`))}`]),
        ...(notRead.length === 0 ? [] : [`not looked into: ${listed(notRead.map((it) => it.where))}`]),
      ].join('; ');
      return passed([searched, ...others.slice(0, -1)], { measured: count(0, 'secret'), why: why === '' ? undefined : why });
    }
    const evidence = [toEvidence(first), ...rest.map(toEvidence), ...others] as const;
    return failed(listed(known.map((it) => `${it.what} in ${it.where}`)), fixFor(first), evidence, count(known.length, 'secret'));
  },
});

const toEvidence = ({ what, where }: Finding): Evidence => seen(where, what);

/** What plimsoll.yaml lets through is told with its reason; so is what it would let through and is not there. */
function sorted(
  found: readonly Finding[],
  allowed: readonly AllowedSecret[],
): { readonly kept: readonly Finding[]; readonly let: readonly Evidence[] } {
  const kept = found.filter((it) => !allowing(it, allowed));
  const through = found.flatMap((it) => {
    const by = allowing(it, allowed);
    return by ? [seen(it.where, `${it.what}, let through: ${by.reason}`)] : [];
  });
  const idle = allowed.filter((it) => !found.some((finding) => allowing(finding, [it])));
  return { kept, let: [...through, ...idle.map((it) => seen('allowed secrets', `nothing was found in ${it.in}`))] };
}

const fixFor = ({ in: place, where }: Finding): string =>
  place?.startsWith('/')
    ? `add \`${place.replace(/^\/(app\/)?/, '')}\` to .dockerignore (or give it at run time), and replace the secret: it is in every copy of the image`
    : where.startsWith('the attestation')
      ? 'give it to the build as a secret (`RUN --mount=type=secret`), build anew, and replace the secret: what was published with the image is read as easily'
      : `take it out of ${where}, give it at run time, and replace the secret: it is in every copy of the image`;
