import { rule } from '../types.ts';
import { fromWords } from './parts/from.ts';
import { reportOn } from './parts/report.ts';

export const baseByDigest = rule({
  id: 'base-by-digest',
  aliases: [],
  presets: ['recommended'],
  shippedOnly: true,
  severity: 'info',
  fixes: 'none',
  offByDefault: true,
  summary: 'FROM names its image by digest.',
  why: 'A tag can be moved to another image; a digest cannot. A bot such as Renovate or Dependabot writes the next one.',
  source: 'Docker, "Building best practices", "Pin base image versions"',
  examples: [
    { text: 'FROM «python:3.12-slim»\n' },
    { text: 'FROM «debian» AS build\nFROM build\n' },
    { text: `FROM python:3.12-slim@sha256:${'0'.repeat(64)}\n` },
    { text: 'FROM scratch\n' },
    { text: 'ARG BASE=debian:12\nFROM $BASE\n' },
  ],
  *detect({ stages }) {
    for (const { from, base, parent } of stages) {
      const word = fromWords(from)[0];
      if (word === undefined || parent !== undefined || word.text.includes('$')) continue;
      if (!base.isKnown || base.digest !== undefined || base.name === 'scratch') continue;
      yield reportOn(
        from,
        word.span,
        `\`${base.reference}\` may be another image tomorrow: add its digest, as \`${base.reference}@sha256:…\``,
      );
    }
  },
});
