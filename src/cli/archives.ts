import type { Lock } from '../build/index.ts';
import { archiveKey, type Archive, type Archives } from '../sbom/index.ts';

/** What plimsoll.lock says of the archives that packages come in, for one architecture. */
export function archivesOf(lock: Lock, architecture: string): Archives {
  const found = new Map<string, Archive>();
  for (const { name, version, for: of, sha256, filename } of lock.debian?.packages ?? [])
    if (of === architecture) found.set(archiveKey({ ecosystem: 'debian', name, version }), { sha256: [sha256], file: filename });
  for (const { name, sha256, version } of pinnedIn(lock.python?.requirements ?? ''))
    found.set(archiveKey({ ecosystem: 'python', name, version }), { sha256 });
  return found;
}

/** `name==1.0 ; marker \` and below it `--hash=sha256:…`: pip, "Requirements File Format". */
function pinnedIn(requirements: string): { readonly name: string; readonly version: string; readonly sha256: readonly string[] }[] {
  return requirements
    .replaceAll(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .flatMap((line) => {
      const [, name, version] = /^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*==\s*([^\s;\\]+)/.exec(line) ?? [];
      const sha256 = [...line.matchAll(/--hash=sha256:([0-9a-f]{64})/g)].map(([, hash]) => hash!);
      return name === undefined || version === undefined ? [] : [{ name, version, sha256 }];
    });
}
