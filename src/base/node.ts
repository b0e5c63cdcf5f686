// The part of the room that needs Node: hashing, processes, the disk, the store.
export { diskFiles } from './disk-files.ts';
export { canonicalJson, hexOf, isDigest, keyOf, sha256, type Digest } from './hash.ts';
export { isAlive, pidNamespace, processIdentity, withLock } from './lock.ts';
export { openMemo, type MemoFile } from './memo-file.ts';
export { findOnPath } from './on-path.ts';
export { runProcess, type ProcessEnd, type ProcessJob } from './process.ts';
export { openStore, storeRoot, type Store, type StoredBlob, type StoreRecord } from './store.ts';
export { pruneStore, storeUsage, type StoreUsage } from './store-usage.ts';
export { unxz } from './xz.ts';
export { runStreamed, type StreamedEnd, type StreamedJob } from './streamed.ts';
