export { parseProbe } from './probe.ts';
export { nearest } from './nearest.ts';
export { CONFIG_FILE, readConfig } from './read.ts';
export { configSchema, type Config } from './schema.ts';
export { parseDuration, parseSize } from './units.ts';
