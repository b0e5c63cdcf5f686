import { isLiteral, isSecretName, passwordIn, shownOf } from '../../base/index.ts';
import type { Image, ImageConfig } from '../../image/index.ts';
import type { Finding } from './finding.ts';
import { secretsInText } from './secret.ts';

/** Secrets in what an image says of itself: environment, labels, annotations, commands, history. */
export async function secretsInConfig(image: Image): Promise<readonly Finding[]> {
  const [config, manifest] = [await image.config(), await image.parsedManifest()];
  const {
    Env = [],
    Labels,
    Entrypoint = [],
    Cmd = [],
    Healthcheck,
    OnBuild = [],
    Shell = [],
    WorkingDir = '',
    Volumes = {},
  } = config.config ?? {};
  const annotations = [manifest, manifest.config, ...manifest.layers].map((it) => Object.entries(it.annotations ?? {}));
  return [
    ...Env.flatMap((it) => inVariable(it, 'the environment')),
    ...Object.entries(Labels ?? {}).flatMap(([name, value]) => inVariable(`${name}=${value}`, 'the labels')),
    ...annotations.flat().flatMap(([name, value]) => inVariable(`${name}=${value}`, 'the annotations')),
    ...inWords([...Entrypoint, ...Cmd], 'the start command'),
    ...inWords(Healthcheck?.Test ?? [], 'the health check'),
    ...[...Shell, WorkingDir, ...Object.keys(Volumes)].flatMap((it) => inText(it, 'the shell, the working folder or a volume')),
    ...inText(config.author ?? '', 'the author'),
    ...OnBuild.flatMap((step) => inStep(step, 'what a build on top of it does (ONBUILD)')),
    ...inHistory(config),
  ];
}

export function inVariable(written: string, where: string): readonly Finding[] {
  const name = written.slice(0, Math.max(0, written.indexOf('=')));
  return inNamed(name, written.slice(name.length + 1), where, `${where} (${name})`);
}

/** A value under its name; `exactly` says where, where that does not tell the name. */
export function inNamed(name: string, value: string, where: string, exactly = where): readonly Finding[] {
  const shaped = inText(value, exactly).map((it) => ({ ...it, in: name }));
  if (shaped.length > 0) return shaped;
  return isSecretName(name) && isLiteral(value)
    ? [{ what: `a value for \`${name}\`: ${shownOf(value)}`, where, in: name, known: true }]
    : [];
}

export const inText = (text: string, where: string): readonly Finding[] => {
  const password = passwordIn(text);
  return [
    ...secretsInText(text).map(({ name, shown }) => ({ what: shown === undefined ? name : `${name} ${shown}`, where, known: true })),
    ...(password === undefined ? [] : [{ what: `a password in an address: ${shownOf(password)}`, where, known: true }]),
  ];
};

/** `--token VALUE`, `--token=VALUE`, and what has a shape. */
export const inWords = (words: readonly string[], where: string): readonly Finding[] =>
  words.flatMap((word, i) => {
    const shaped = inText(word, where);
    if (shaped.length > 0) return shaped;
    const [, option = '', value = ''] = /^--?([\w.-]+)=(.*)$/s.exec(word) ?? ['', words[i - 1]?.match(/^--?([\w.-]+)$/)?.[1] ?? '', word];
    const isGiven = isSecretName(option) && isLiteral(value) && !value.startsWith('-');
    return isGiven ? [{ what: `a value for \`--${option}\`: ${shownOf(value)}`, where, known: true }] : [];
  });

/** Build arguments stand in the history: `RUN |1 TOKEN=value /bin/sh -c …`, `ENV TOKEN=value`. */
const inHistory = ({ history }: ImageConfig): readonly Finding[] =>
  (history ?? []).flatMap(({ created_by: step = '', comment = '' }, index) => {
    const where = `step ${index + 1} of the history`;
    const inComment = inText(comment, `${where} (its comment)`);
    return inComment.length > 0 ? [...inText(step, where), ...inComment] : inStep(step, where);
  });

/** What has a shape, else the first value under the name of a secret. */
function inStep(step: string, where: string): readonly Finding[] {
  const shaped = inText(step, where);
  return shaped.length > 0 ? shaped : assignedIn(step, where).slice(0, 1);
}

/** `NAME=value` among words, as commands have it. */
export const assignedIn = (text: string, where: string): readonly Finding[] =>
  [...text.matchAll(/(?:^|[\s|])([A-Za-z_]\w*)=("[^"]*"|'[^']*'|[^\s]*)/g)].flatMap(([, name = '', written = '']) => {
    const value = written.replaceAll(/^["']|["']$/g, '');
    return isSecretName(name) && isLiteral(value) ? [{ what: `a value for \`${name}\`: ${shownOf(value)}`, where, known: true }] : [];
  });
