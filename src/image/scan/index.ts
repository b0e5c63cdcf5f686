export { DIGEST_FROM, START, type Contents, type FileRecord, type PlacedContent, type WantsText } from './contents.ts';
export { prepareDigests } from './prepare.ts';
export { scanSaved, type ScannedImage } from './saved.ts';
export { scanLayers, type ScannedLayer } from './scan.ts';
export { lookThrough, treeOf, type ScannedTree } from './tree.ts';
