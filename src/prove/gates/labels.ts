import { SPDX_IDS, type Evidence } from '../../base/index.ts';
import type { Image } from '../../image/index.ts';
import { isTime, PREFIX, problemOf } from '../labels/well-formed.ts';
import { failed, gate, listed, passed, seen } from '../outcome.ts';
import { count } from '../quantity.ts';

export const labels = gate({
  id: 'labels',
  level: 'advised',
  promise:
    'The image says what it is, as far as its repository knows (title, version, source, licences …) and when it was made, each in the form that the specification has.',
  why: 'Whoever finds a running image, at night, must get from it to its source; and tools that read labels drop what they cannot parse.',
  source: 'image-spec, annotations.md, "Pre-Defined Annotation Keys"; RFC 3339; SPDX, "License Expressions"',
  needs: [],
  async measure({ image, contract }) {
    const said = await labelsOf(image);
    const wanted = Object.entries(contract.labels).filter(([key]) => key.startsWith(PREFIX));
    const missing = wanted.filter(([key]) => !said.has(key));
    const wrong = [...said].flatMap(([key, value]) => {
      const problem = problemOf(key, value, SPDX_IDS);
      return problem === undefined ? [] : [`\`${key}\` ${problem}`];
    });
    const undated = said.has(`${PREFIX}created`) || isTime((await image.config()).created ?? '') ? [] : ['nothing says when it was made'];
    const problems = [...missing.map(([key]) => `\`${key}\` is missing`), ...undated, ...wrong];
    const evidence: readonly Evidence[] = [...said].filter(([key]) => key.startsWith(PREFIX)).map(([key, value]) => seen(key, value));
    const [first = seen('labels', 'none of the specification'), ...rest] = evidence;
    if (problems.length === 0) return passed([first, ...rest], { measured: count(evidence.length, 'label') });
    return failed(listed(problems), fixFor(missing, wrong), [first, ...rest], count(problems.length, 'problem'));
  },
});

/** Labels of the config, and annotations of the manifest over them: engines write the one or the other. */
async function labelsOf(image: Image): Promise<ReadonlyMap<string, string>> {
  const [{ config }, { annotations }] = [await image.config(), await image.parsedManifest()];
  return new Map([...Object.entries(config?.Labels ?? {}), ...Object.entries(annotations ?? {})]);
}

function fixFor(missing: readonly (readonly [string, string])[], wrong: readonly string[]): string {
  const line = missing.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(' ');
  const ways = [
    ...(missing.length > 0 ? [`\`LABEL ${line}\` in the Dockerfile`] : []),
    ...(wrong.length > 0 ? ['mend what is wrong under `labels:` in plimsoll.yaml, or in LABEL and `--label`'] : []),
  ];
  return ways.length > 0 ? ways.join('; ') : 'build it with a tool that dates images, or add the label `org.opencontainers.image.created`';
}
