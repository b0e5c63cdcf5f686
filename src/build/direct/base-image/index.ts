// An image as base: found in a registry or on the disk, its Python found in its files, its layers taken as they are.
export { baseImageSource } from './source.ts';
