import { SPDX_IDS } from '../../base/index.ts';
import { rule } from '../types.ts';
import { wrongLabels } from './parts/label-schema.ts';

export const labelLicense = rule({
  id: 'label-license',
  aliases: ['DL3054'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'none',
  summary: 'A label that should be a license is an SPDX identifier.',
  why: 'Tools compare it with a list.',
  source: 'SPDX License List; hadolint, "DL3054"',
  examples: [
    { text: 'FROM alpine:3.20\nLABEL «team=Apache»\n', hadolint: { labelSchema: { team: 'spdx' } } },
    { text: 'FROM alpine:3.20\nLABEL team=Apache-2.0\n', hadolint: { labelSchema: { team: 'spdx' } } },
  ],
  detect: (subject) => wrongLabels(subject, 'spdx', (value) => SPDX_IDS.has(value.trimEnd()), 'is no identifier of a license'),
});
