import type { ImageRecord } from './records.ts';

/**
 * The image that Podman would take for `name`: a name with or without registry and tag, an id or its beginning.
 * Undefined where none fits, or where settings of Podman's decide between several.
 */
export function imageNamed(images: readonly ImageRecord[], name: string): ImageRecord | undefined {
  if (name.includes('@')) return undefined;
  const tagged = /:[^/]+$/.test(name) ? name : `${name}:latest`;
  const id = /^(?:sha256:)?([0-9a-f]{3,64})$/.exec(name)?.[1];
  const found = images.filter(
    (image) =>
      (id !== undefined && image.id.startsWith(id)) || image.names?.some((known) => known === tagged || known.endsWith(`/${tagged}`)),
  );
  const [image] = found;
  if (!image || found.length > 1) return undefined;
  // Which other registries are searched is a setting: registries.conf(5), `unqualified-search-registries`.
  const plain = ['', 'localhost/', 'docker.io/', 'docker.io/library/'].map((registry) => `${registry}${tagged}`);
  return (id !== undefined && image.id.startsWith(id)) || image.names?.some((known) => plain.includes(known)) ? image : undefined;
}
