export { isElf } from './layout.ts';
export { neededLibraries } from './needed.ts';
export { stripDebug } from './strip.ts';
