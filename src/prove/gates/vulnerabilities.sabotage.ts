import { file } from '../python-image.test-support.ts';
import { addFiles, type Sabotage } from '../sabotage.test-support.ts';

/** The version before the first security update of Debian 13’s openssl. */
const OLD = `Package: libssl3t64
Status: install ok installed
Source: openssl
Version: 3.5.1-1
Architecture: amd64
`;

/** A database of its own: every release of Debian is said to have a glibc that is one revision behind the fix. */
const document = JSON.stringify({
  id: 'DEBIAN-CVE-2026-11111',
  modified: '2026-11-30T00:00:00Z',
  upstream: ['CVE-2026-11111'],
  affected: ['Debian:12', 'Debian:13'].map((ecosystem) => ({
    package: { ecosystem, name: 'glibc' },
    ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '2.99-1' }] }],
  })),
});

const settings = (more: string): string => `scan:\n  database: advisories\n${more}`;

export const sabotages: readonly Sabotage[] = [
  {
    name: 'a package is older than its security update',
    service: 'python-tcp',
    only: ['vulnerabilities'],
    layer: [file('var/lib/dpkg/status.d/libssl3t64', OLD)],
  },
  {
    name: 'the day is over until which a vulnerability was ignored',
    service: 'python-tcp',
    only: ['vulnerabilities'],
    edit: addFiles({
      'advisories/one.json': document,
      'plimsoll.yaml': settings('  ignore:\n    - {id: CVE-2026-11111, reason: not reached by any request, until: "2026-01-31"}\n'),
    }),
  },
];
