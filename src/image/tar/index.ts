export { BLOCK, paddingOf, type TarEntry, type TarHead } from './entry.ts';
export { encodeHead, endOfTar } from './header.ts';
export { readTar } from './read.ts';
export { brokenTar, byteSource, type Bytes, type ByteSource } from './source.ts';
