import { rule } from '../types.ts';
import { plain, reportAt } from './parts/hadolint.ts';
import { imageOf, type Content, type Image } from '../reading/index.ts';

export const trustedRegistry = rule({
  id: 'trusted-registry',
  aliases: ['DL3026'],
  presets: ['hadolint'],
  severity: 'error',
  fixes: 'none',
  summary: 'Images come from a registry that is trusted.',
  why: 'Anyone can publish in a public one.',
  source: 'hadolint, "DL3026"',
  examples: [
    { text: 'FROM «quay.io/a/b:1»\n', hadolint: { trustedRegistries: ['docker.io'] } },
    { text: 'FROM debian:12\nCOPY --from=scratch /a /b\n', hadolint: { trustedRegistries: ['docker.io'] } },
    { text: 'FROM quay.io/a/b:1\n' },
  ],
  *detect({ reading, hadolint }) {
    const trusted = hadolint.trustedRegistries;
    if (trusted.length === 0) return;
    const stages = new Set<string | undefined>();
    const isTrusted = ({ registry, name }: Image): boolean => {
      const names = registry === undefined ? ['docker.io', 'hub.docker.com'] : [registry];
      return (
        stages.has(name) ||
        (registry === undefined && name === 'scratch') ||
        names.some((host) => trusted.some((pattern) => matches(pattern, host)))
      );
    };
    for (const { content, at } of plain(reading)) {
      const wrong = imagesIn(content).find((image) => !isTrusted(image));
      if (content.name === 'FROM') stages.add(content.base.alias);
      if (wrong !== undefined) yield reportAt(at, `\`${wrong.registry ?? wrong.name}\` is not among the trusted registries`);
    }
  },
});

/** The images that an instruction names, stages among them. */
function imagesIn(content: Content): readonly Image[] {
  if (content.name === 'FROM') return [content.base];
  if (content.name === 'COPY') return content.from === undefined ? [] : [imageOf(content.from)];
  if (content.name !== 'RUN') return [];
  return content.mounts
    .filter(({ type }) => type === 'bind' || type === 'cache')
    .map(({ options }) => imageOf(options['from'] ?? 'scratch'));
}

/** A pattern is a host with `*` at one of its ends. */
function matches(pattern: string, host: string): boolean {
  if (pattern.startsWith('*')) return host.endsWith(pattern.slice(1));
  return pattern.endsWith('*') ? host.startsWith(pattern.slice(0, -1)) : host === pattern;
}
