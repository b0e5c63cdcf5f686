import { expect, test } from 'vitest';
import { lockChanges } from './lock-changes.ts';
import type { Lock, LockedPackage } from './types.ts';

const debian = (name: string, version: string, architecture: string): LockedPackage => ({
  name,
  version,
  architecture,
  for: architecture,
  sha256: '0'.repeat(64),
  size: 1,
  filename: `pool/${name}.deb`,
  suite: 'trixie',
});
const lock = (packages: readonly LockedPackage[], requirements = ''): Lock => ({
  version: 1,
  debian: { suites: [], wanted: [], packages },
  python: { inputs: 'x', requirements },
});

test('what is new, gone and of another version is named, with the architectures that it is so on', () => {
  const before = lock(
    [debian('libc6', '2.41-1', 'amd64'), debian('libc6', '2.41-1', 'arm64'), debian('tini', '1', 'amd64'), debian('zlib1g', '1', 'amd64')],
    'flask==3.0.0 \\\n    --hash=sha256:00\nclick==8.1 ; python_version < "3.12"\nclick==8.2 ; python_version >= "3.12"\n',
  );
  const after = lock(
    [debian('libc6', '2.41-2', 'amd64'), debian('libc6', '2.41-2', 'arm64'), debian('zlib1g', '1', 'amd64'), debian('curl', '8', 'arm64')],
    'flask[async]==3.1.0 \\\n    --hash=sha256:11\nclick==8.1 ; python_version < "3.12"\nclick==8.3 ; python_version >= "3.12"\n',
  );
  expect(lockChanges(before, after)).toEqual([
    { kind: 'debian', name: 'curl', after: '8', on: ['arm64'] },
    { kind: 'debian', name: 'libc6', before: '2.41-1', after: '2.41-2', on: ['amd64', 'arm64'] },
    { kind: 'debian', name: 'tini', before: '1', on: ['amd64'] },
    { kind: 'python', name: 'click', before: '8.1, 8.2', after: '8.1, 8.3', on: [] },
    { kind: 'python', name: 'flask', before: '3.0.0', after: '3.1.0', on: [] },
  ]);
  expect(lockChanges(after, after)).toEqual([]);
  expect(lockChanges(undefined, lock([debian('tini', '1', 'amd64')]))).toEqual([
    { kind: 'debian', name: 'tini', after: '1', on: ['amd64'] },
  ]);
});

test('versions that differ by architecture are told apart', () => {
  const before = lock([debian('libc6', '1', 'amd64'), debian('libc6', '2', 'arm64')]);
  const after = lock([debian('libc6', '3', 'amd64'), debian('libc6', '3', 'arm64')]);
  expect(lockChanges(before, after)).toEqual([
    { kind: 'debian', name: 'libc6', before: '1', after: '3', on: ['amd64'] },
    { kind: 'debian', name: 'libc6', before: '2', after: '3', on: ['arm64'] },
  ]);
});

test('a base that its reference has moved to is named by its digests', () => {
  const on = (digest: string, platform: string) => ({
    reference: 'python:3.12',
    platform,
    digest: `sha256:${digest}` as const,
    diffIds: [],
  });
  const before: Lock = { version: 1, bases: [on('a', 'linux/amd64'), on('b', 'linux/arm64')] };
  const after: Lock = { version: 1, bases: [on('c', 'linux/amd64'), on('b', 'linux/arm64')] };
  expect(lockChanges(before, after)).toEqual([{ kind: 'base', name: 'python:3.12', before: 'sha256:a', after: 'sha256:c', on: ['amd64'] }]);
});
