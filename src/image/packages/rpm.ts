import { posix } from 'node:path';
import { blobsOfHash } from './berkeley.ts';
import { blobsOfNdb } from './ndb.ts';
import { packageOfHeader } from './rpm-header.ts';
import { blobsOfTable } from './sqlite.ts';
import type { Found, PackageReader } from './types.ts';

/** Where rpm has kept it: rpm, macros.in, `_dbpath`; Fedora's and SUSE's changes of it. */
const DATABASE = /^(?:usr\/lib\/sysimage\/rpm|var\/lib\/rpm)\/(rpmdb\.sqlite|Packages\.db|Packages)$/;

const FORMATS: Readonly<Record<string, (bytes: Uint8Array) => Iterable<Uint8Array>>> = {
  'rpmdb.sqlite': (bytes) => blobsOfTable(bytes, 'Packages'),
  'Packages.db': blobsOfNdb,
  Packages: blobsOfHash,
};

/** RPM's packages, of SQLite (rpm 4.16 and later), SUSE's own format, and Berkeley DB (before it). */
export const rpm: PackageReader = {
  ecosystem: 'rpm',
  claims: (path) => DATABASE.test(path),
  async read(path, bytes) {
    const found: Found[] = [];
    try {
      for (const blob of FORMATS[posix.basename(path)]!(bytes)) {
        const it = packageOfHeader(blob);
        if (it) found.push(it);
      }
      return { found, problems: [] };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return { found, problems: [`it is broken after ${found.length} packages: ${error.message}`] };
    }
  },
};
