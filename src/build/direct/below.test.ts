import { expect, test } from 'vitest';
import type { LayerEntry } from '../../image/index.ts';
import { placedOver, type Below } from './below.ts';

const owner = { uid: 0, gid: 0 } as const;
const file = (path: string): LayerEntry => ({ type: 'file', path, mode: 0o644, ...owner, content: new Uint8Array() });
const folder = (path: string, mode = 0o755): LayerEntry => ({ type: 'directory', path, mode, ...owner });

const below: Below = {
  links: { etc: 'usr/etc', 'usr/etc/deep': 'srv/deep', app: 'srv/app' },
  folders: { tmp: { mode: 0o1777, ...owner }, 'srv/app': { mode: 0o700, uid: 5, gid: 6 } },
};

test('files go through links to folders, one after the other; a link that is a file is replaced', () => {
  const entries = [file('etc/passwd'), file('etc/deep/x'), folder('etc'), folder('etc/new'), file('usr/bin/x')];
  expect(placedOver(below, entries).map(({ path }) => path)).toEqual([
    'usr/etc/passwd',
    'srv/deep/x',
    'usr/etc',
    'usr/etc/new',
    'usr/bin/x',
  ]);
});

test('a hard link leads where its file is', () => {
  const link: LayerEntry = { type: 'hardlink', path: 'etc/b', target: 'etc/a', mode: 0o644, ...owner };
  expect(placedOver(below, [file('etc/a'), link])[1]).toMatchObject({ path: 'usr/etc/b', target: 'usr/etc/a' });
});

test('folders keep their owner and mode, unless the layer has others for them', () => {
  expect(placedOver(below, [file('tmp/cache/x'), file('app/x')])).toEqual([
    file('tmp/cache/x'),
    file('srv/app/x'),
    folder('tmp', 0o1777),
    { type: 'directory', path: 'srv/app', mode: 0o700, uid: 5, gid: 6 },
  ]);
  expect(placedOver(below, [file('app/x'), folder('app')])).toEqual([file('srv/app/x'), folder('srv/app')]);
});

test('over nothing, entries stay as they are', () => {
  const entries = [folder('app'), file('app/x'), file('etc/passwd')];
  expect(placedOver({ links: {}, folders: {} }, entries)).toEqual(entries);
});
