import { fileURLToPath } from 'node:url';

/**
 * The path of a program of ours that runs as a process of its own. They are plain JavaScript without dependencies and
 * lie beside this file: beside the source, and beside the bundle, where the build copies them.
 */
export const programPath = (name: 'agent' | 'extract'): string => fileURLToPath(new URL(`./${name}.mjs`, import.meta.url));
