import { rule } from '../types.ts';
import { unpinnedRpms } from './parts/rpm.ts';

export const yumPinVersions = rule({
  id: 'yum-pin-versions',
  aliases: ['DL3033'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'none',
  summary: '`yum install` names versions.',
  why: 'The same Dockerfile installs other packages tomorrow.',
  source: 'hadolint, "DL3033"',
  examples: [
    { text: 'FROM rockylinux:9\nRUN yum install -y «curl»\n' },
    { text: 'FROM rockylinux:9\nARG V=7.76\nRUN yum install -y curl-${V} git-2.43.0 && yum module install -y nodejs:20\n' },
  ],
  detect: ({ reading }) => unpinnedRpms(reading, { names: ['yum'], groups: ['module'], advice: 'write `NAME-VERSION`' }),
});
