import type { BuiltLayer, ImageSettings, LayerEntry } from '../../image/index.ts';
import type { Lock } from '../types.ts';
import type { Below } from './below.ts';
import type { HostPython, InstallPlace, Pip } from './python/index.ts';

/** What an image is built on, whoever made it: the layers below the dependencies, and the interpreter in them. */
export interface BaseSource {
  /** Full version of its Python, such as `3.11.2`. */
  readonly pythonVersion: string;
  /** What wheels must fit, as uv names it: `x86_64-manylinux_2_36`. */
  readonly wheelPlatform: string;
  readonly place: InstallPlace;
  /** What of it the layers above must not change. */
  readonly below: Below;
  /** What else the dependencies' layer depends on: a digest of the base, where that has packages of its own. */
  readonly madeFrom?: string;
  readonly lock: Pick<Lock, 'debian' | 'bases'>;
  readonly notes: readonly string[];
  /** Requirements with hashes that are installed beside the service's own. */
  readonly added: string;
  /** Paths of the base that are to be gone where these entries are installed: other versions of the same. */
  replaced(entries: readonly LayerEntry[]): Promise<readonly string[]>;
  /** The lowest layers, in their order. */
  base(): Promise<readonly BuiltLayer[]>;
  /** Those with the interpreter, where it is not in the base; `needed`: shared libraries that dependencies link to, undefined: any. */
  interpreter(needed: ReadonlySet<string> | undefined): Promise<readonly BuiltLayer[]>;
  /** The image's settings with what comes from the base. */
  settings(own: ImageSettings): ImageSettings;
  /** The same interpreter, for this machine. Throws EnvironmentError where it cannot run. */
  hostPython(): Promise<HostPython>;
  /** What runs uv, which wants a Python of any version: the interpreter, unless there is byte code to make by it. */
  installerPython(): Promise<HostPython>;
  /** A pip for machines that have none. */
  sparePip(): Promise<Pip>;
}
