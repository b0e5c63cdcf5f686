import { blobsOfNdb } from './ndb.ts';
import { packageOfHeader } from './rpm-header.ts';
import { blobsOfTable } from './sqlite.ts';
import type { Found, PackageReader } from './types.ts';

/** Where rpm has kept it: rpm, macros.in, `_dbpath`; Fedora's and SUSE's changes of it. */
const DATABASE = /^(?:usr\/lib\/sysimage\/rpm|var\/lib\/rpm)\/(rpmdb\.sqlite|Packages\.db|Packages)$/;

/** RPM's packages, of the databases of rpm 4.16 and later. */
export const rpm: PackageReader = {
  ecosystem: 'rpm',
  claims: (path) => DATABASE.test(path),
  async read(path, bytes) {
    const name = DATABASE.exec(path)?.[1];
    if (name === 'Packages') return { found: [], problems: ['it is in the format of Berkeley DB, which is not read'] };
    const found: Found[] = [];
    try {
      for (const blob of name === 'rpmdb.sqlite' ? blobsOfTable(bytes, 'Packages') : blobsOfNdb(bytes)) {
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
