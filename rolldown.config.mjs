import { defineConfig } from 'rolldown';

// One bin; every command is a chunk of its own, loaded when it is chosen. openpgp stays a dependency (LGPL).
export default defineConfig({
  input: {
    plimsoll: 'src/cli/main.ts',
    // Started as threads or processes of their own, found beside the code that starts them.
    'compress-worker': 'src/image/layer/compress-worker.js',
    agent: 'src/run/embedded/agent.mjs',
    extract: 'src/run/embedded/extract.mjs',
  },
  platform: 'node',
  external: [/^node:/, 'openpgp'],
  output: {
    dir: 'dist',
    format: 'esm',
    entryFileNames: (chunk) => (/\.mjs$/.test(chunk.facadeModuleId ?? '') ? '[name].mjs' : '[name].js'),
    chunkFileNames: '[name]-[hash].js',
    cleanDir: true,
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
  },
});
