import { UserError } from '../base/index.ts';
import type { Store } from '../base/node.ts';
import { formatName, namesRegistry, parseRegistryName, pushImages, type Image, type RegistryName } from '../image/index.ts';
import { registryJob } from './image-at.ts';
import type { BuildOptions } from './options.ts';
import type { Screen } from './ship-project.ts';

/** What was pushed. */
export interface Destination {
  /** By its digest: what is pulled by it is what was built. */
  readonly name: string;
  /** For people: how much of it was sent. */
  readonly says: string;
  /** The registry speaks no TLS. */
  readonly isPlain: boolean;
}

/**
 * Where `--output registry:NAME`, or `--output registry` and `--push` with `--tag`, push to; undefined without them.
 * Throws UserError for a name without a registry: nothing goes to Docker's own because a part was forgotten.
 */
export function destinationOf({ output, push, tag }: Pick<BuildOptions, 'output' | 'push' | 'tag'>): RegistryName | undefined {
  const [, named] = /^registry:(.*)$/s.exec(output ?? '') ?? [];
  if (named === undefined && output !== 'registry' && !push) return undefined;
  const [text, flag] = named === undefined ? [tag, '--tag '] : [named, '--output registry:'];
  if (text !== undefined && namesRegistry(text)) return parseRegistryName(text);
  throw new UserError(
    text === undefined ? 'it is not said where to push to' : `\`${flag}${text}\` names no registry to push to`,
    `write \`${flag}registry.example/team/app:1.2\`, with the registry first (\`docker.io/…\` for Docker’s own)`,
  );
}

/** Pushes what was built, one image for each platform. */
export async function pushBuilt(
  images: readonly Image[],
  to: RegistryName,
  store: Store,
  screen: Pick<Screen, 'progress' | 'signal'>,
): Promise<Destination> {
  const { digest, blobs, isPlain } = await pushImages(images, to, registryJob(store, screen));
  const { sent, mounted, there } = blobs;
  const parts = [`${sent} of ${sent + mounted + there} blobs sent`, ...(mounted > 0 ? [`${mounted} mounted`] : [])];
  return { name: formatName({ ...to, digest }), says: parts.join(', '), isPlain };
}
