import type { BuiltLayer } from '../../image/index.ts';
import type { Job } from '../types.ts';

/** A layer by its key: recalled, or made once by one of all running processes. */
export function rememberedLayer(job: Job, key: string, make: () => Promise<BuiltLayer>): Promise<BuiltLayer> {
  return job.store.once('layers', key, async () => {
    const layer = await make();
    return { value: layer, blobs: [layer.descriptor.digest] };
  });
}
