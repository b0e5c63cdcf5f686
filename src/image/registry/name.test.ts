import { expect, test } from 'vitest';
import { UserError } from '../../base/index.ts';
import { formatName, namesRegistry, parseRegistryName } from './name.ts';
import { endpointsOf } from './settings.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

// As github.com/distribution/reference normalises them.
test.each([
  ['python', 'docker.io/library/python'],
  ['python:3.12-slim', 'docker.io/library/python:3.12-slim'],
  ['team/app', 'docker.io/team/app'],
  ['index.docker.io/python', 'docker.io/library/python'],
  ['localhost/app', 'localhost/app'],
  ['localhost:5000/app:1', 'localhost:5000/app:1'],
  ['r.example/a/b__c/d-e.f:V_1', 'r.example/a/b__c/d-e.f:V_1'],
  ['Registry/app', 'Registry/app'],
  ['[::1]:5000/app', '[::1]:5000/app'],
  [`r.example:5000/app:1@${DIGEST}`, `r.example:5000/app:1@${DIGEST}`],
])('%s is %s', (text, name) => {
  expect(formatName(parseRegistryName(text))).toBe(name);
});

test.each([
  '',
  'UPPER',
  'a//b',
  'r.example/',
  'r.example/App',
  'r.example/app:',
  'r.example/app:-x',
  'r.example/app@sha256:short',
  'r..example/app',
  'r.example/a b',
  `r.example/${'a'.repeat(256)}`,
  'https://r.example/app',
])('`%s` is no name, and the error has a way out', (text) => {
  expect(() => parseRegistryName(text)).toThrow(UserError);
  expect(() => parseRegistryName(text)).toThrow(/names no image in a registry: /);
});

test('a password in a name is not repeated', () => {
  expect(() => parseRegistryName('ada:s3cr3t@r.example/app')).toThrow(/^the name of an image holds no user and no password$/);
});

test.each([
  ['r.example/app', true],
  ['localhost/app', true],
  ['127.0.0.1:5000/app', true],
  ['team/app', false],
  ['python:3.12', false],
  ['./image', false],
  ['../image', false],
  ['/r.example/app', false],
])('%s names its registry: %s', (text, is) => {
  expect(namesRegistry(text)).toBe(is);
});

test('plain http is allowed on this machine and where it is set, mirrors come first', () => {
  const env = {
    PLIMSOLL_INSECURE_REGISTRIES: 'r.example, s.example:5000',
    PLIMSOLL_REGISTRY_MIRRORS: 'docker.io=http://m.example:80,docker.io=https://n.example/,x.example=localhost:5000',
  };
  const insecure = (host: string): readonly [string, boolean][] => endpointsOf(host, env).map((one) => [one.host, one.insecure]);
  expect(insecure('docker.io')).toEqual([
    ['m.example:80', true],
    ['n.example', false],
    ['docker.io', false],
  ]);
  expect(insecure('x.example')).toEqual([
    ['localhost:5000', true],
    ['x.example', false],
  ]);
  for (const host of ['localhost', 'localhost:1', '127.0.0.1:5000', '127.1.2.3', '[::1]:5000', 'r.example:443', 's.example:5000'])
    expect(insecure(host)).toEqual([[host, true]]);
  for (const host of ['s.example', '128.0.0.1', 'localhost.example', '127.0.0.1.example']) expect(insecure(host)).toEqual([[host, false]]);
  expect(() => endpointsOf('x', { PLIMSOLL_REGISTRY_MIRRORS: 'm.example' })).toThrow(/`m.example` is no mirror/);
});
