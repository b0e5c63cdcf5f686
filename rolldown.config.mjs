import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { defineConfig } from 'rolldown';

/** A chunk for each room, so that few files are opened: each takes a millisecond or two. What is heavy and often not needed has its own. */
function chunkOf(module) {
  const id = relative(import.meta.dirname, module);
  if (/node_modules.zod.|src.config.(schema|probe-schema|scan-schema|read|edit)\.ts$/.test(id)) return 'config';
  if (/node_modules.yaml./.test(id)) return 'yaml';
  // What reads YAML of a service, apart from the rest of its room: it loads `yaml`, and `yaml` loads nothing of ours, so any order will do.
  if (/src.service.shared.(compose-(document|beside)|declared-variables)\.ts$/.test(id)) return 'compose';
  if (/node_modules.@lezer.|source.(grammar|parse|statement|expression|repair|literal)\.ts$/.test(id)) return 'python-grammar';
  if (/node_modules.toml-eslint-parser./.test(id)) return 'toml';
  if (/node_modules.@renovatebot./.test(id)) return 'plan';
  if (/src.dockerfile.ignore\.ts$/.test(id)) return 'ignore'; // a build needs it without the linter, and the linter without the build
  if (/^src.inspect.lines\.ts$/.test(id)) return null; // needed where there is a Dockerfile
  if (/^src.dockerfile./.test(id)) return 'language'; // `inspect` reads a Dockerfile, and judges none
  if (/src.(lint|report.lint)./.test(id)) return 'lint';
  if (/gzip\.js$|compress-worker/.test(id)) return null;
  if (/^src.base.spdx-ids\.ts$/.test(id)) return null;
  if (/node_modules.fzstd./.test(id)) return 'image';
  // What every command needs, and what all need that do anything.
  if (/^src.cli.(commands|exit|version)\.ts$|^src.(base|config).|rolldown.runtime/.test(id)) return 'base';
  if (/node_modules.(commander|picocolors).|^src.cli.(run-command|options|reports|terminal)\.ts$/.test(id)) return 'cli';
  return /^src.(service|plan|image|scan|build|run|prove|report|inspect)./.exec(id)?.[1] ?? null;
}

/** Writes dist/LICENSES.txt: what is bundled, and under which terms. */
const licences = {
  name: 'licences',
  generateBundle(_, bundle) {
    const ids = Object.values(bundle).flatMap((chunk) => chunk.moduleIds ?? []);
    const folders = new Set(ids.flatMap((id) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []));
    const source = [...folders].toSorted().map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const files = readdirSync(folder).filter((file) => /^(licen[sc]e|notice)/i.test(file));
      const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
      if (texts.length === 0) texts.push('(The package brings no text of its licence.)');
      return [`${name} ${version} (${license})`, ...texts].join('\n\n');
    });
    this.emitFile({ type: 'asset', fileName: 'LICENSES.txt', source: `${source.join(`\n\n${'-'.repeat(79)}\n\n`)}\n` });
  },
};

/** `plimsoll/dockerfile`: one file, for browsers too. */
const dockerfileLanguage = {
  input: { dockerfile: 'src/dockerfile/entry.ts' },
  platform: 'browser',
  treeshake: { moduleSideEffects: false },
  output: { dir: 'dist', format: 'esm', entryFileNames: '[name].js', codeSplitting: false, minify: { compress: true, mangle: false } },
};

// One bin; every command is a chunk of its own, loaded when it is chosen. openpgp stays a dependency (LGPL).
const program = {
  input: {
    plimsoll: 'src/cli/main.ts',
    // Started as threads or processes of their own, found beside the code that starts them.
    'compress-worker': 'src/image/layer/compress-worker.js',
    'lint-thread': 'src/cli/judge/lint-thread.ts',
    agent: 'src/run/agent.mjs',
    extract: 'src/run/extract.mjs',
  },
  platform: 'node',
  plugins: [licences],
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
};

// The program comes first: it empties the folder.
export default defineConfig([program, dockerfileLanguage]);
