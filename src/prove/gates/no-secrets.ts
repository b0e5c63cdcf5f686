import { readLayerEntries, type Image, type ImageConfig, type ImageTree } from '../../image/index.ts';
import { failed, gate, listed, passed, seen } from '../outcome.ts';
import { count } from '../quantity.ts';
import { isLiteral, isSecretName, passwordIn, type Evidence } from '../../base/index.ts';
import { secretsInFile, secretsInText } from '../secrets/scan.ts';
import { keyOf, vouchedByDebian } from '../secrets/vouched.ts';

export const noSecrets = gate({
  id: 'no-secrets',
  level: 'required',
  promise: 'No layer, no step of the history and no variable of the image holds a secret.',
  why: 'Whoever can pull an image can read all of its layers, also what a later layer deleted.',
  source: 'Docker, "Build secrets"; the token formats that their makers document',
  needs: [],
  limit: () => count(0, 'secret'),
  async measure({ image, tree }) {
    const [inConfig, inLayers] = [await secretsInConfig(image), await secretsInLayers(image, tree)];
    const found = [...inConfig, ...inLayers.found];
    const [first, ...rest] = found;
    const searched = seen('searched', `${inLayers.files} files in ${inLayers.layers} layers, the history, the environment and the labels`);
    if (!first) return passed([searched], { measured: count(0, 'secret') });
    const evidence = [toEvidence(first), ...rest.map(toEvidence), searched] as const;
    return failed(listed(found.map((it) => `${it.what} in ${it.where}`)), fixFor(first), evidence, count(found.length, 'secret'));
  },
});

interface Finding {
  readonly what: string;
  readonly where: string;
  /** Path in a layer; absent for what stands in the config. */
  readonly path?: string;
}

const toEvidence = ({ what, where }: Finding): Evidence => seen(where, what);

const fixFor = ({ path, where }: Finding): string =>
  path === undefined
    ? `take it out of ${where}, give it at run time, and replace the secret: it is in every copy of the image`
    : `add \`${path.replace(/^app\//, '')}\` to .dockerignore (or give it at run time), and replace the secret: it is in every copy of the image`;

async function secretsInConfig(image: Image): Promise<Finding[]> {
  const config = await image.config();
  const annotations = (await image.parsedManifest()).annotations ?? {};
  return [
    ...(config.config?.Env ?? []).flatMap((it) => inVariable(it, 'the environment')),
    ...Object.entries({ ...config.config?.Labels, ...annotations }).flatMap(([name, value]) =>
      inVariable(`${name}=${value}`, 'the labels'),
    ),
    ...[...(config.config?.Entrypoint ?? []), ...(config.config?.Cmd ?? [])].flatMap((word) => inText(word, 'the start command')),
    ...inHistory(config),
  ];
}

function inVariable(written: string, where: string): Finding[] {
  const name = written.slice(0, Math.max(0, written.indexOf('=')));
  const value = written.slice(name.length + 1);
  const shaped = inText(value, `${where} (${name})`);
  if (shaped.length > 0) return shaped;
  return isSecretName(name) && isLiteral(value) ? [{ what: `a value for \`${name}\``, where }] : [];
}

const inText = (text: string, where: string): Finding[] => [
  ...secretsInText(text).map(({ name }) => ({ what: name, where })),
  ...(passwordIn(text) === undefined ? [] : [{ what: 'a password in an address', where }]),
];

/** Build arguments stand in the history: `RUN |1 TOKEN=value /bin/sh -c …`, `ENV TOKEN=value`. */
function inHistory({ history }: ImageConfig): Finding[] {
  return (history ?? []).flatMap(({ created_by: step }, index) => {
    if (step === undefined) return [];
    const where = `step ${index + 1} of the history`;
    const shaped = inText(step, where);
    if (shaped.length > 0) return shaped;
    const assigned = [...step.matchAll(/(?:^|[\s|])([A-Za-z_]\w*)=("[^"]*"|'[^']*'|[^\s]*)/g)];
    const named = assigned.filter(([, name = '', value = '']) => isSecretName(name) && isLiteral(value.replaceAll(/^["']|["']$/g, '')));
    return named.slice(0, 1).map(([, name]) => ({ what: `a value for \`${name}\``, where }));
  });
}

async function secretsInLayers(
  image: Image,
  tree: () => Promise<ImageTree>,
): Promise<{ readonly found: readonly Finding[]; readonly files: number; readonly layers: number }> {
  const found: (Finding & { readonly path: string; readonly layer: number })[] = [];
  let files = 0;
  const layers = await image.layers();
  for (const [index, layer] of layers.entries())
    for await (const record of readLayerEntries(layer.tar(), `layer ${index + 1}`)) {
      if (record.type !== 'file') continue;
      files += 1;
      for (const { name, line } of await secretsInFile(record.path, record.sizeBytes, record.content())) {
        const entry = (await tree()).entries.get(record.path);
        const hidden = entry?.layer === index ? '' : ` (layer ${index + 1}; a later layer ${entry ? 'replaces' : 'deletes'} it)`;
        found.push({
          what: name,
          where: `/${record.path}${line === undefined ? '' : `:${line}`}${hidden}`,
          path: record.path,
          layer: index,
        });
      }
    }
  const published = await vouchedByDebian(image, found);
  return { found: found.filter((it) => !published.has(keyOf(it))), files, layers: layers.length };
}
