import { rule } from '../types.ts';
import { wrongLabels } from './parts/label-schema.ts';
import { isVersion } from './parts/label-values.ts';

export const labelVersion = rule({
  id: 'label-version',
  aliases: ['DL3056'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'none',
  summary: 'A label that should be a version is a semantic version.',
  why: 'Tools compare it.',
  source: 'Semantic Versioning 2.0.0; hadolint, "DL3056"',
  examples: [
    { text: 'FROM alpine:3.20\nLABEL «team=1.2»\n', hadolint: { labelSchema: { team: 'semver' } } },
    { text: 'FROM alpine:3.20\nLABEL team=1.2.3-rc.1\n', hadolint: { labelSchema: { team: 'semver' } } },
  ],
  detect: (subject) => wrongLabels(subject, 'semver', isVersion, 'is no semantic version'),
});
