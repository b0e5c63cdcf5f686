export { isElf } from './layout.ts';
export { libraryName, neededLibraries } from './needed.ts';
export { stripDebug } from './strip.ts';
