// The part of the room that runs anywhere, browsers included. What needs Node is behind `node.ts`.
export {
  certain,
  cite,
  citeLasting,
  formatPlace,
  guess,
  inferred,
  inFile,
  likely,
  type Because,
  type Confidence,
  type Evidence,
  type Fact,
  type Place,
  type Position,
  type Range,
} from './evidence.ts';
export { compareVersions, satisfies, type VersionOperator } from './debian-version.ts';
export { EnvironmentError, errorCode, messageOf, UserError } from './errors.ts';
export { fileSeen, filesSeen, pathSeen, shortestPath } from './around.ts';
export { byPath, memoryFiles, readText, type Around, type FileEntry, type Files, type OnDisk } from './files.ts';
export { atOnce } from './at-once.ts';
export { nearest } from './nearest.ts';
export { positionsIn } from './positions.ts';
export { noMemo, type Memo } from './memo.ts';
export { once } from './once.ts';
export { onceFor } from './once-for.ts';
export { normalizedName } from './python-name.ts';
export * as shape from './shape.ts';
export type { Flaw, Shape } from './shape.ts';
export { isSignal } from './signal-name.ts';
export { SPDX_IDS } from './spdx-ids.ts';
export { splitWords } from './shell-words.ts';
export { silent, type Progress, type ProgressEvent } from './progress.ts';
export { assignments, isLiteral, isSecretName, passwordIn } from './secrets/named-value.ts';
export { assignedSecretsIn, type Syntax } from './secrets/assigned.ts';
export { binaryKeyIn } from './secrets/binary-key.ts';
export { markedPlaces } from './secrets/marks.ts';
export { masked, maskedValue, maskedWords } from './secrets/masked.ts';
export { secretsIn, shownOf, type PlacedSecret } from './secrets/text.ts';
