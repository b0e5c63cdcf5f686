import type { Ecosystem, Found } from './types.ts';
import type { OsRelease } from './os-release.ts';

const TYPES: Readonly<Record<Ecosystem, string>> = { debian: 'deb', alpine: 'apk', rpm: 'rpm', python: 'pypi', npm: 'npm' };

/**
 * The package URL of a package: purl-spec, "Rules for each purl component" and "PURL types". `upstream` is the qualifier
 * by which Syft and Grype hand on the source package.
 */
export function purlOf(ecosystem: Ecosystem, found: Found, release: OsRelease | undefined): string {
  const { namespace, name, version, qualifiers } = partsOf(ecosystem, found, release);
  const query = Object.entries(qualifiers)
    .filter((pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== '')
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${encoded(value)}`);
  const path = [namespace, name].filter((it) => it !== undefined).map((it) => encoded(it));
  return `pkg:${TYPES[ecosystem]}/${path.join('/')}@${encoded(version)}${query.length > 0 ? `?${query.join('&')}` : ''}`;
}

interface Parts {
  readonly namespace?: string;
  readonly name: string;
  readonly version: string;
  readonly qualifiers: Readonly<Record<string, string | undefined>>;
}

function partsOf(ecosystem: Ecosystem, { name, version, architecture, source }: Found, release: OsRelease | undefined): Parts {
  switch (ecosystem) {
    case 'python':
      return { name: name.toLowerCase().replaceAll('_', '-'), version, qualifiers: {} };
    case 'npm': {
      const [scope, rest] = name.startsWith('@') && name.includes('/') ? name.split('/', 2) : [];
      return { ...(scope === undefined ? {} : { namespace: scope }), name: rest ?? name, version, qualifiers: {} };
    }
    case 'debian':
    case 'alpine':
    case 'rpm': {
      const [, epoch, plain = version] = (ecosystem === 'rpm' && /^(\d+):(.*)$/s.exec(version)) || [];
      const isOther = source !== undefined && (source.name !== name || source.version !== version);
      return {
        ...(release === undefined ? {} : { namespace: release.id }),
        name: ecosystem === 'rpm' ? name : name.toLowerCase(),
        version: plain,
        qualifiers: {
          arch: architecture,
          distro: release && [release.id, release.version ?? release.codename].filter(Boolean).join('-'),
          epoch,
          upstream: isOther ? (source.version === version ? source.name : `${source.name}@${source.version}`) : undefined,
        },
      };
    }
  }
}

/** All but unreserved characters, and the colon: purl-spec, "Character encoding". A name of JSON may have half a surrogate pair. */
const encoded = (text: string): string =>
  encodeURIComponent(Buffer.from(text).toString())
    .replaceAll(/[!'()*]/g, (it) => `%${it.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%3A', ':');
