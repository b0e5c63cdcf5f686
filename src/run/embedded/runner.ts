import { join } from 'node:path';
import type { Store } from '../../base/node.ts';
import type { Image } from '../../image/index.ts';
import { EnvironmentError } from '../../base/index.ts';
import type { Availability, Container, Runner, RunOptions } from '../types.ts';
import { checkHost, type HostReport } from './available.ts';
import { containerOf } from '../container.ts';
import { thisHost, type Host } from '../host.ts';
import { hostIds, identityIds, planIds, type IdPlan } from '../ids.ts';
import { programPath } from '../program.ts';
import { startContainer } from './start.ts';
import { undoList } from '../undo.ts';
import { untilAborted } from '../until-aborted.ts';
import { unpackLayers } from './unpack.ts';
import { numericUser } from '../user.ts';

/** Runs images with Linux namespaces: no daemon, as root or as an ordinary user. Unpacked layers stay in the store. */
export function embeddedRunner(store: Store, host: Host = thisHost()): Runner {
  let checked: Promise<HostReport> | undefined;
  const report = (): Promise<HostReport> => (checked ??= checkHost(host));
  return {
    id: 'embedded',
    available: async (): Promise<Availability> => (await report()).availability,
    async run<T>(image: Image, options: RunOptions, use: (container: Container) => Promise<T>): Promise<T> {
      options.signal?.throwIfAborted();
      const { availability, ids: possible } = await report();
      if (!availability.ok) throw new EnvironmentError(`containers cannot be run here: ${availability.why}`, availability.remedy);
      const user = options.user ?? numericUser((await image.config()).config?.User ?? '');
      const needed = [join(store.root, 'folders'), process.execPath, programPath('agent')];
      const ids: IdPlan = { own: () => planIds(host, user, needed), identity: () => identityIds(host), host: hostIds }[possible]();
      const layers = await unpackLayers(store, host, image, ids);
      const undo = undoList();
      try {
        const parts = await startContainer({ host, store, ids, image, layers, options }, undo);
        return await untilAborted(use(containerOf(parts)), options.signal);
      } finally {
        await undo.run();
      }
    },
    close: async () => {},
  };
}
