import type { Source } from '../types.ts';
import { silence, type ScannedPackage } from '../types.ts';
import { database } from '../osv/database.ts';
import { npmRegistry, pipIndex } from '../addresses.ts';
import { debianSuites, type OpenSuite } from './debian-suites.ts';
import { debianTracker } from './debian-tracker.ts';
import { npm } from './npm.ts';
import { osv } from './osv.ts';
import { pypi } from './pypi.ts';

/** From `scan:` in plimsoll.yaml and the options. */
export interface SourceSettings {
  /** Nothing is asked of the network. */
  readonly offline?: boolean | undefined;
  /** A folder or archive of OSV documents. */
  readonly database?: string | undefined;
  /** Address of a service that speaks OSV's API. */
  readonly osv?: string | undefined;
  /** Address or file of Debian's security tracker, as JSON. */
  readonly debianTracker?: string | undefined;
  /** In place of what pip and npm say. */
  readonly pypi?: string | undefined;
  readonly npm?: string | undefined;
  readonly openSuite: OpenSuite;
}

/**
 * Who is asked. A database or OSV, where one is named, is asked about everything, and then nobody else about Python and npm:
 * it has what those say. Debian's suites tell what has been fixed; the tracker, where it is named, tells that and the rest.
 */
export async function sourcesFor(packages: readonly ScannedPackage[], settings: SourceSettings): Promise<readonly Source[]> {
  const { offline, database: path, osv: address, debianTracker: tracker, openSuite } = settings;
  if (path !== undefined) return [database(path)];
  if (offline === true) return [nobody('`--offline` asks nobody, and no database is named')];
  const has = (ecosystem: ScannedPackage['ecosystem']): boolean => packages.some((one) => one.ecosystem === ecosystem);
  const [index, registry] = await Promise.all([
    address === undefined && has('python') ? (settings.pypi ?? pipIndex()) : undefined,
    address === undefined && has('npm') ? (settings.npm ?? npmRegistry()) : undefined,
  ]);
  return [
    ...(address === undefined ? [] : [osv(address)]),
    tracker === undefined ? debianSuites(openSuite) : debianTracker(tracker),
    ...(index === undefined ? [] : [pypi(index)]),
    ...(registry === undefined ? [] : [npm(registry)]),
  ];
}

/** Answers for everything that nothing is known. */
const nobody = (why: string): Source => ({
  id: 'database',
  name: 'nobody',
  concerns: () => true,
  ask: async (packages) => new Map(packages.map((one) => [one, silence(why)])),
});
