import { defineConfig } from 'rolldown';

// One bin; every command is a chunk of its own, loaded when it is chosen. openpgp stays a dependency (LGPL).
export default defineConfig({
  input: { plimsoll: 'src/cli/main.ts', 'compress-worker': 'src/image/layer/compress-worker.js' },
  platform: 'node',
  external: [/^node:/, 'openpgp'],
  output: {
    dir: 'dist',
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    cleanDir: true,
    minify: { whitespace: true, syntax: true, identifiers: false },
  },
});
