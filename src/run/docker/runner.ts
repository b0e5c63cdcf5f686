import { EnvironmentError } from '../../base/index.ts';
import type { Store } from '../../base/node.ts';
import type { Image } from '../../image/index.ts';
import { containerOf } from '../container.ts';
import { thisHost, type Host } from '../host.ts';
import type { Container, Runner, RunOptions } from '../types.ts';
import { undoList } from '../undo.ts';
import { untilAborted } from '../until-aborted.ts';
import { checkClient, type Report } from './available.ts';
import { docker, podman } from './client.ts';
import { startContainer } from './start.ts';

/** Runs images with Docker Engine or Podman, confined as the embedded runner's are, and looks into them from this machine. */
export function engineRunner(id: 'docker' | 'podman', store: Store, host: Host = thisHost()): Runner {
  let checked: Promise<Report> | undefined;
  const report = (): Promise<Report> => (checked ??= checkClient({ docker, podman }[id], host, store));
  return {
    id,
    available: async () => (await report()).availability,
    async run<T>(image: Image, options: RunOptions, use: (container: Container) => Promise<T>): Promise<T> {
      options.signal?.throwIfAborted();
      const { availability, able } = await report();
      if (!availability.ok) throw new EnvironmentError(`containers cannot be run here: ${availability.why}`, availability.remedy);
      if (!able) throw new Error('an engine that can run has said with what');
      const { client, images, pause } = able;
      const names = { image: await images.load(image), pause };
      const undo = undoList();
      try {
        const parts = await startContainer({ client, host, image, names, options, folder: await store.temporary() }, undo);
        return await untilAborted(use(containerOf(parts)), options.signal);
      } finally {
        await undo.run();
      }
    },
    async close() {
      await (await checked)?.able?.images.remove();
    },
  };
}
