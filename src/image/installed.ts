import { isForPackages, packagesOf, type Installed } from './packages/index.ts';
import { lookThrough } from './scan/index.ts';
import type { Image } from './types.ts';

/** What is installed in an image, of which nothing else is kept. Throws EnvironmentError where the image is broken. */
export const installedIn = async (image: Image): Promise<Installed> => lookThrough(await image.layers(), isForPackages, packagesOf);
