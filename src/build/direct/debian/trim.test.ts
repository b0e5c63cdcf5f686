import { expect, test } from 'vitest';
import type { LayerEntry } from '../../../image/index.ts';
import { trimmed } from './assemble.ts';
import { mergeUsr, usrLinks } from './merge-usr.ts';
import { ruleFor, trimRules } from './trim.ts';

// For each rule a path of the real packages that it takes, and one beside it that stays.
const examples: readonly (readonly [rule: string, packageName: string, takes: string, leaves: string])[] = [
  ['documentation', 'libc6', 'usr/share/doc/libc6/NEWS.gz', 'usr/share/doc/libc6/copyright'],
  ['translations', 'tool', 'usr/share/locale/de/LC_MESSAGES/tool.mo', 'usr/lib/locale/C.utf8/LC_CTYPE'],
  ['debugger-support', 'libstdc++6', 'usr/share/gcc/python/libstdcxx/v6/printers.py', 'usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30'],
  ['binary-formats', 'python3.11-minimal', 'usr/share/binfmts/python3.11', 'usr/bin/python3.11'],
  ['login', 'base-files', 'etc/issue.net', 'etc/os-release'],
  ['local-state', 'base-files', 'var/local', 'var/tmp'],
  ['libc-commands', 'libc-bin', 'usr/sbin/ldconfig', 'etc/ld.so.conf'],
  ['certificate-commands', 'ca-certificates', 'usr/sbin/update-ca-certificates', 'etc/ssl/certs'],
  [
    'certificate-sources',
    'ca-certificates',
    'usr/share/ca-certificates/mozilla/ISRG_Root_X1.crt',
    'usr/share/doc/ca-certificates/copyright',
  ],
  ['character-sets', 'libc6', 'usr/lib/aarch64-linux-gnu/gconv/BIG5HKSCS.so', 'usr/lib/aarch64-linux-gnu/gconv/UTF-16.so'],
  ['static-init', 'tini', 'usr/bin/tini-static', 'usr/bin/tini'],
  ['audit-libraries', 'libc6', 'usr/lib/x86_64-linux-gnu/audit/sotruss-lib.so', 'usr/lib/x86_64-linux-gnu/libnss_dns.so.2'],
  ['vector-math', 'libc6', 'usr/lib/x86_64-linux-gnu/libmvec.so.1', 'usr/lib/x86_64-linux-gnu/libm.so.6'],
  ['wide-expat', 'libexpat1', 'usr/lib/x86_64-linux-gnu/libexpatw.so.1', 'usr/lib/x86_64-linux-gnu/libexpat.so.1'],
  ['crypto-engines', 'libssl3', 'usr/lib/x86_64-linux-gnu/engines-3/afalg.so', 'usr/lib/x86_64-linux-gnu/ossl-modules/legacy.so'],
  ['terminal-databases', 'ncurses-base', 'usr/lib/terminfo/x/xterm', 'usr/lib/x86_64-linux-gnu/libtinfo.so.6'],
  ['time-zone-duplicates', 'tzdata', 'usr/share/zoneinfo/right/Europe/Berlin', 'usr/share/zoneinfo/Europe/Berlin'],
  ['python-tests', 'libpython3.11-stdlib', 'usr/lib/python3.11/test/support/__init__.py', 'usr/lib/python3.11/unittest/mock.py'],
  ['python-help', 'libpython3.11-stdlib', 'usr/lib/python3.11/pydoc_data/topics.py', 'usr/lib/python3.11/pydoc_data/__init__.py'],
  ['python-desktop', 'libpython3.11-stdlib', 'usr/lib/python3.11/turtle.py', 'usr/lib/python3.11/curses/__init__.py'],
  ['python-installer', 'python3.11-venv', 'usr/lib/python3.11/ensurepip/__init__.py', 'usr/lib/python3.11/venv/__init__.py'],
  ['python-commands', 'python3.11', 'usr/bin/pydoc3.11', 'usr/bin/python3.11'],
  ['python-decimal-fallback', 'libpython3.11-stdlib', 'usr/lib/python3.11/_pydecimal.py', 'usr/lib/python3.11/decimal.py'],
  ['python-crash-hook', 'libpython3.11-minimal', 'etc/python3.11/sitecustomize.py', 'usr/lib/python3.11/site.py'],
  [
    'python-build-support',
    'libpython3.11-dev',
    'usr/lib/python3.11/config-3.11-x86_64-linux-gnu/Makefile',
    'usr/lib/python3.11/configparser.py',
  ],
  [
    'static-libraries',
    'libmagickcore-7.q16-10',
    'usr/lib/x86_64-linux-gnu/libMagickCore-7.Q16.la',
    'usr/lib/x86_64-linux-gnu/ImageMagick-7.1.1/modules-Q16/coders/png.la',
  ],
];

test.each(examples)('%s takes what it is for, in %s, and leaves what lies beside it', (rule, packageName, takes, leaves) => {
  const needed = new Set<string>();
  expect(ruleFor(packageName, takes, needed)?.id).toBe(rule);
  expect(ruleFor(packageName, leaves, needed)).toBeUndefined();
});

test('every rule has an example, and a name of its own', () => {
  expect(examples.map(([rule]) => rule).toSorted()).toEqual(trimRules.map((rule) => rule.id).toSorted());
});

test('licences stay wherever they lie', () => {
  for (const path of [
    'usr/share/doc/x/copyright',
    'usr/share/doc/x/NOTICE',
    'usr/share/doc/x/LICENSE.txt.gz',
    'usr/share/doc/x/sub/COPYING',
    'usr/share/common-licenses/GPL-3',
    'usr/share/doc/libstdc++6',
  ])
    expect([path, ruleFor('x', path)]).toEqual([path, undefined]);
});

test('a library that a dependency links to stays, and one that nobody is known not to need', () => {
  const path = 'usr/lib/x86_64-linux-gnu/libmvec.so.1';
  expect(ruleFor('libc6', path, new Set(['libmvec.so.1']))).toBeUndefined();
  expect(ruleFor('libc6', path)).toBeUndefined();
});

const owner = { uid: 0, gid: 0 } as const;
const folder = (path: string): LayerEntry => ({ type: 'directory', path, mode: 0o755, ...owner });
const file = (path: string): LayerEntry => ({ type: 'file', path, mode: 0o644, ...owner, content: new Uint8Array() });

test('folders that only held what was taken go; folders that were empty from the start stay', () => {
  const kept = trimmed('x', [
    folder('usr'),
    folder('usr/share'),
    folder('usr/share/man'),
    folder('usr/share/man/man1'),
    file('usr/share/man/man1/x.1.gz'),
    folder('home'),
    folder('usr/share/info'),
  ]);
  expect(kept.map((entry) => entry.path)).toEqual(['home']);
});

test('files move to where /usr merged has them, and the root gets the links', () => {
  const entries = [
    folder('lib'),
    folder('lib64'),
    file('lib/x/libc.so.6'),
    { type: 'hardlink', path: 'bin/a', target: 'bin/b', mode: 0o755, ...owner } as const,
    { type: 'symlink', path: 'sbin', target: 'usr/sbin', mode: 0o777, ...owner } as const,
    file('lib64/ld.so'),
    file('library/x'),
  ];
  const merged = entries.flatMap(mergeUsr);
  expect(merged.map((entry) => [entry.path, entry.type === 'hardlink' ? entry.target : ''])).toEqual([
    ['usr/lib', ''],
    ['usr/lib64', ''],
    ['usr/lib/x/libc.so.6', ''],
    ['usr/bin/a', 'usr/bin/b'],
    ['usr/lib64/ld.so', ''],
    ['library/x', ''],
  ]);
  expect(
    usrLinks(merged)
      .filter((entry) => entry.type === 'symlink')
      .map((entry) => entry.path),
  ).toEqual(['bin', 'sbin', 'lib', 'lib64']);
});
