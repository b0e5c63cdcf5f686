export { BLOCK, paddingOf, type TarEntry, type TarHead } from './entry.ts';
export { encodeHead, endOfTar } from './header.ts';
export { readTar } from './read.ts';
export { brokenTar, type Bytes } from './source.ts';
