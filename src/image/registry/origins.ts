import { keyOf, type Digest, type Store } from '../../base/node.ts';

/** Where a blob was last seen, kept between runs: it is mounted from there instead of being sent. */
const KIND = 'registry-blob';

/** The repository of a registry that had the blob. */
export const originOf = async (store: Store, host: string, digest: Digest): Promise<string | undefined> =>
  (await store.recall<{ readonly repository: string }>(KIND, keyOf([host, digest])))?.repository;

export const rememberOrigin = (store: Store, host: string, digest: Digest, repository: string): Promise<void> =>
  store.remember(KIND, keyOf([host, digest]), { value: { repository }, blobs: [] });
