export { editConfig, type KeyValue } from './edit.ts';
export { parseProbe } from './probe.ts';
export { readConfig } from './read.ts';
export { configSchema, type Config } from './schema.ts';
export { parseDuration, parseSize } from './units.ts';
