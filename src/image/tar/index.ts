export { BLOCK, paddingOf, storedBytes, type SparseMap, type TarEntry, type TarHead } from './entry.ts';
export { encodeHead, endOfTar } from './header.ts';
export { readHeads, type Place, type PlacedHead } from './file-source.ts';
export { fetchingAsAsked, headsFrom, NotFetched, type JumpedTar, type JumpSource, type Range } from './jump.ts';
export { readTar } from './read.ts';
export { readSplit, splitParts, type PlacedFile, type SplitTar, type TarPart } from './split.ts';
export { zeros } from './sparse.ts';
export { brokenTar, byteSource, type Bytes, type ByteSource } from './source.ts';
