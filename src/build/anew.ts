import type { Store } from '../base/node.ts';
import type { Engine } from './types.ts';

/** What the direct engine makes and remembers; what it fetched, and what is known of that, stays. */
const MADE = new Set(['layers', 'dependencies', 'steps', 'wheels']);

/** The same engine, which makes everything anew: no layer, wheel or result of a build step is taken from the store. */
export const anew = (inner: Engine): Engine => ({
  ...inner,
  build: (plan, files, job) => inner.build(plan, files, { ...job, store: forgetting(job.store) }),
});

const forgetting = (store: Store): Store => ({
  ...store,
  once: async (kind, key, make) => (MADE.has(kind) ? (await make()).value : store.once(kind, key, make)),
});
