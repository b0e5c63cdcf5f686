import { defineConfig } from 'rolldown';

/** A chunk for each room, so that few files are opened; what is heavy and often not needed has its own. */
function chunkOf(id) {
  if (/node_modules.zod.|src.config.(schema|read)\.ts$/.test(id)) return 'config';
  if (/node_modules.yaml.|compose-document\.ts$/.test(id)) return 'yaml';
  if (/node_modules.@lezer.|source.(grammar|parse|statement|expression|repair|literal)\.ts$/.test(id)) return 'python-grammar';
  if (/node_modules.toml-eslint-parser./.test(id)) return 'toml';
  if (/node_modules.@renovatebot./.test(id)) return 'plan';
  if (/src.dockerfile./.test(id)) return 'build';
  if (/gzip\.js$|compress-worker/.test(id)) return null;
  if (/src.(base|config).|rolldown.runtime/.test(id)) return 'base';
  return /src.(service|plan|image|build|run|prove|report)./.exec(id)?.[1] ?? null;
}

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
  // No module here does anything by being imported, but the entries: what is imported for one name loads nothing else.
  preserveEntrySignatures: 'allow-extension',
  treeshake: { moduleSideEffects: false },
  output: {
    dir: 'dist',
    format: 'esm',
    entryFileNames: (chunk) => (/\.mjs$/.test(chunk.facadeModuleId ?? '') ? '[name].mjs' : '[name].js'),
    chunkFileNames: '[name]-[hash].js',
    cleanDir: true,
    codeSplitting: { includeDependenciesRecursively: false, groups: [{ name: chunkOf, debugName: 'rooms' }] },
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
  },
});
