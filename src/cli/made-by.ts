import { CREATED_BY } from '../build/index.ts';
import type { Image } from '../image/index.ts';

/** Whether the direct engine made an image, on whatever base: the history of its layers says so. */
export const isOfDirectEngine = async (image: Image): Promise<boolean> =>
  (await image.layers()).some(({ createdBy }) => createdBy?.startsWith(CREATED_BY));
