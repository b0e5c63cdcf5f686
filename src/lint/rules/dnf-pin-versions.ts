import { rule } from '../types.ts';
import { unpinnedRpms } from './parts/rpm.ts';

export const dnfPinVersions = rule({
  id: 'dnf-pin-versions',
  aliases: ['DL3041'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'none',
  summary: '`dnf install` names versions.',
  why: 'The same Dockerfile installs other packages tomorrow.',
  source: 'hadolint, "DL3041"',
  examples: [
    { text: 'FROM fedora:40\nRUN dnf install -y «curl»\n' },
    { text: 'FROM fedora:40\nENV V=7.76\nRUN microdnf install -y curl-${V} git-2.43.0 && dnf module install -y nodejs:20\n' },
  ],
  detect: ({ reading }) =>
    unpinnedRpms(reading, { names: ['dnf', 'microdnf'], groups: ['module', 'group'], advice: 'write `NAME-VERSION`' }),
});
