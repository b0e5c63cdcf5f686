export {
  fileChanges,
  folderChanges,
  packageChanges,
  settingChanges,
  summariesOf,
  type FileChange,
  type FileChanges,
  type FolderChange,
  type ImageSummary,
  type PackageChange,
  type SettingChange,
} from './compare/index.ts';
export { readContent, scratchBuffer } from './layer/content.ts';
export { isElf, readElf, type ElfFile } from './elf/file.ts';
export { machineOf, PlatformError } from './platform.ts';
export { flatten, type ImageTree } from './layer/flatten.ts';
export type { Gone, TreeEntry } from './layer/overlay.ts';
export { readLayerEntries, type LayerRecord, type TreeRecord } from './layer/read.ts';
export { writeLayer, type LayerOptions } from './layer/write.ts';
export { writeDockerArchive, writeOciArchive } from './layout/archive.ts';
export { writeLayout } from './layout/write.ts';
export { installationAt, type Installation } from './python/installation.ts';
export {
  metadataFields,
  osReleaseOf,
  isForPackages,
  ownersIn,
  packagesOf,
  parseParagraphs,
  recordedPath,
  words,
  type Ecosystem,
  type Installed,
  type OsRelease,
  type Package,
  type Paragraph,
  type Unread,
} from './packages/index.ts';
export { installedIn } from './installed.ts';
export { imageFromLayers, type ImageSettings } from './from-layers.ts';
export { besideImage, type Beside } from './beside.ts';
export { attachedBytes, withAttachment, type Attachment, type Referrer } from './referrer.ts';
export { fetchingAsAsked } from './tar/index.ts';
export { openImage, openToLook, recognised, validate } from './open.ts';
export { parseImageRef, type ImageRef } from './ref.ts';
export { encodeHead, endOfTar, paddingOf, readTar, type Bytes, type TarEntry, type TarHead } from './tar/index.ts';
export { AbsentError } from './registry/errors.ts';
export type { RegistryJob } from './registry/job.ts';
export { formatName, namesRegistry, parseRegistryName, type RegistryName } from './registry/name.ts';
export { pushImages } from './registry/push.ts';
export { stateOfTag, type TagState } from './registry/tag.ts';
export { ociMediaType } from './spec/media-types.ts';
export { PACKAGE_MANAGERS, SHELLS } from './tools.ts';
export {
  DIGEST_FROM,
  START,
  lookThrough,
  scanLayers,
  scanSaved,
  treeOf,
  type Contents,
  type FileRecord,
  type ScannedImage,
  type ScannedLayer,
  type ScannedTree,
} from './scan/index.ts';
export { sentByDocker } from './held/docker.ts';
export { unzstd } from './zstd.ts';
export { layerSizes, type LayerSize } from './sizes.ts';
export { errorsAmong, layerKey, validateImage, type Measured, type MeasuredLayers, type Mismatch } from './validate/index.ts';
export type {
  BuiltLayer,
  Content,
  Descriptor,
  EntryHead,
  Image,
  ImageConfig,
  ImageCore,
  ImageLayer,
  LayerEntry,
  Manifest,
  Platform,
} from './types.ts';
