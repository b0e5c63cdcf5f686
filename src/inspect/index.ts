export { inspectImage, inspectSaved, type InspectOptions } from './inspect.ts';
export type { DockerfileSource } from './lines.ts';
export type { CauseByContent, CauseFound, FileFact, InspectedLayer, Inspection, Kind, KindFound, Line, WasteGroup } from './types.ts';
