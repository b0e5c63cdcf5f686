import { keyOf, type Store } from '../base/node.ts';
import type { Answer, ScannedPackage, Source } from './types.ts';

interface Kept {
  readonly atMs: number;
  /** In the order of the packages. */
  readonly answers: readonly Answer[];
}

/** A source whose answers are taken from the store for so long, where it had answered for all of these packages. */
export const remembered = (inner: Source, store: Store, where: string, forMs: number): Source => ({
  ...inner,
  async ask(packages, job) {
    const key = keyOf({ source: inner.id, where, packages: packages.map(({ purl, source }) => [purl, source?.name, source?.version]) });
    const kept = await store.recall<Kept>('scan-answers', key);
    if (kept !== undefined && kept.answers.length === packages.length && job.nowMs - kept.atMs < forMs && kept.atMs <= job.nowMs)
      return new Map(packages.map((one, i) => [one, kept.answers[i]!]));
    const got = await inner.ask(packages, job);
    const answers = packages.flatMap((one: ScannedPackage) => got.get(one) ?? []);
    if (answers.length === packages.length && answers.every(({ answered }) => answered))
      await store.remember<Kept>('scan-answers', key, { value: { atMs: job.nowMs, answers }, blobs: [] });
    return got;
  },
});
