import { rule } from '../types.ts';
import { reportAt } from './parts/hadolint.ts';
import { nameSeries } from './parts/image-tag.ts';

export const baseImageTag = rule({
  id: 'base-image-tag',
  aliases: ['DL3006'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'unsafe',
  summary: 'The base image has a tag or a digest.',
  why: 'Without one it is `latest`, and the build changes when somebody publishes.',
  source: 'hadolint, "DL3006"',
  examples: [
    { text: 'FROM «debian»\n', fixed: 'FROM debian:13\n' },
    { text: 'FROM «example/app»\n' },
    { text: 'FROM debian:12 AS build\nFROM build\n' },
    { text: 'FROM debian@sha256:abc\n' },
    { text: 'FROM scratch\n' },
    { text: 'FROM $BASE\n' },
  ],
  *detect({ file, reading }) {
    const stages = new Set<string>();
    for (const at of reading.instructions) {
      if (at.name !== 'FROM') continue;
      const { name, tag, digest, alias } = at.base;
      const known = name === 'scratch' || name.startsWith('$') || stages.has(name);
      if (alias !== undefined) stages.add(alias);
      if (known || tag !== undefined || digest !== undefined) continue;
      yield reportAt(at, `\`${name}\` has no tag, so it is whatever \`latest\` is`, undefined, nameSeries(file, at.instruction));
    }
  },
});
