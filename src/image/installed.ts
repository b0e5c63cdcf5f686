import { isForPackages, packagesOf, type Installed } from './packages/index.ts';
import { scanLayers, treeOf } from './scan/index.ts';
import type { Image } from './types.ts';

/** What is installed in an image, of which nothing else is kept. Throws EnvironmentError where the image is broken. */
export async function installedIn(image: Image): Promise<Installed> {
  const scanned = await scanLayers(await image.layers(), isForPackages);
  try {
    return await packagesOf(treeOf(scanned));
  } finally {
    for (const layer of scanned) layer.close();
  }
}
