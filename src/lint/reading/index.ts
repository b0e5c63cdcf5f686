export { imageOf } from './from.ts';
export { readDockerfile } from './read.ts';
export { placeOf } from './said.ts';
export type { BaseImage, Content, Image, LabelPair, Mount, Port, ReadInstruction, Reading, ShellArguments } from './types.ts';
