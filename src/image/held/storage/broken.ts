import { EnvironmentError } from '../../../base/index.ts';

/** What is wrong in Podman's storage, and where. */
export const brokenStorage = (where: string, what: string): EnvironmentError =>
  new EnvironmentError(`${where}: ${what}`, 'see what Podman itself says: `podman image inspect NAME`; or pull the image again');
