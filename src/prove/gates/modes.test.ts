import { expect, describe, test } from 'vitest';
import { contractOf, file, folder, link, plainImage, plainLayer, type PlainEntry } from '../python-image.test-support.ts';
import { subjectOf } from '../subject.ts';
import type { Gate, Outcome } from '../types.ts';
import { noSetuid } from './no-setuid.ts';
import { noWorldWritable } from './no-world-writable.ts';
import { programReadOnly } from './program-read-only.ts';

async function measure(gate: Gate, layers: readonly (readonly PlainEntry[])[], User = '10001:10001'): Promise<Outcome> {
  const image = plainImage(
    layers.map((entries, index) => plainLayer(entries, `RUN /bin/sh -c step ${index + 1} # buildkit`)),
    { User },
  );
  const contract = contractOf({
    writablePaths: ['/tmp', '/app/data'].map((path) => ({ path, kind: 'tmpfs', because: [{ from: 'config', name: 'writable' }] })),
  });
  return gate.measure(subjectOf({ image, contract, budget: { uncompressedBytes: 1e9 } }));
}
const whyOf = (outcome: Outcome): string => (outcome.outcome === 'failed' ? outcome.why : outcome.outcome);
const hardLink = (path: string, target: string, mode = 0o755): PlainEntry => ({ type: 'hardlink', path, target, mode, uid: 0, gid: 0 });
const capable = (words: readonly number[]): PlainEntry => ({
  ...file('usr/bin/ping', '', 0o755),
  xattrs: new Map([['security.capability', Buffer.from(Uint32Array.from(words).buffer)]]),
});

describe('no-setuid', () => {
  test('names the file, the layer and the instruction that made it', async () => {
    const outcome = await measure(noSetuid, [[file('etc/x', '')], [file('usr/bin/su', '', 0o4755)]]);
    expect(outcome).toMatchObject({
      outcome: 'failed',
      evidence: [{ what: '/usr/bin/su (layer 2: RUN step 2)', text: 'setuid, of user 0' }],
      fix: expect.stringContaining('chmod a-s /usr/bin/su'),
    });
  });
  test.each([
    ['what a later layer deletes', [[file('usr/bin/su', '', 0o4755)], [file('usr/bin/.wh.su', '')]]],
    ['what lies in a folder that a later layer hides', [[file('opt/bin/su', '', 0o4755)], [file('opt/bin/.wh..wh..opq', '')]]],
    ['what a later layer has without the bit', [[file('usr/bin/su', '', 0o4755)], [file('usr/bin/su', '', 0o755)]]],
    ['setgid folders, which only hand their group on', [[folder('var/mail', 0o2775, 0, 8), folder('var/local', 0o2775, 0, 50)]]],
    ['files that nobody may execute', [[file('etc/lock', '', 0o4644), file('var/spool', '', 0o2644)]]],
    ['mandatory locks: setgid where the group may not execute', [[file('srv/locked', '', 0o2705)]]],
    ['links, whose mode means nothing', [[{ ...link('bin/su', 'true'), mode: 0o6777 }]]],
    ['an attribute that gives nothing', [[capable([0x02000000, 0, 0, 0, 0])]]],
    ['other attributes', [[{ ...file('bin/x', '', 0o755), xattrs: new Map([['user.comment', Buffer.from('x')]]) }]]],
  ])('passes %s', async (_, layers) => expect(whyOf(await measure(noSetuid, layers))).toBe('passed'));
  test.each([
    ['setgid', [file('usr/bin/wall', '', 0o2755, 0, 5)], '/usr/bin/wall (setgid, of group 5)'],
    ['both', [file('usr/bin/both', '', 0o6755)], '/usr/bin/both (setuid, of user 0; setgid, of group 0)'],
    ['a capability of version 2', [capable([0x02000001, 1 << 13, 0, 0, 0])], '/usr/bin/ping (cap_net_raw)'],
    ['a high one', [capable([0x02000000, 0, 0, 1 << 7, 0])], '/usr/bin/ping (cap_bpf)'],
    ['of version 1', [capable([0x01000001, 1 << 10, 0])], '/usr/bin/ping (cap_net_bind_service)'],
    ['of version 3, with a namespace’s root', [capable([0x03000001, 1 << 21, 0, 0, 0, 1000])], '/usr/bin/ping (cap_sys_admin)'],
    ['an inheritable one', [capable([0x02000000, 0, 1 << 12, 0, 0])], '/usr/bin/ping (cap_net_admin)'],
    [
      'a hard link',
      [file('usr/bin/su', '', 0o4755), hardLink('bin2/su', 'usr/bin/su', 0o4755)],
      '/bin2/su (setuid, of user 0), /usr/bin/su (setuid, of user 0)',
    ],
  ] as const)('fails: %s', async (_, entries, why) => expect(whyOf(await measure(noSetuid, [entries]))).toBe(why));
});

describe('no-world-writable', () => {
  test.each([
    ['sticky folders', [folder('tmp', 0o1777), folder('var/tmp', 0o1777), folder('run/lock', 0o1777)]],
    ['links', [link('bin', 'usr/bin')]],
    ['device nodes', [{ type: 'character', path: 'dev/null', mode: 0o666, uid: 0, gid: 0 }]],
    ['what the group may write', [folder('srv', 0o775), file('srv/x', '', 0o664)]],
    ['setgid and setuid', [folder('var/mail', 0o2775), file('bin/su', '', 0o4755)]],
  ] as const)('passes %s', async (_, entries) => expect(whyOf(await measure(noWorldWritable, [entries]))).toBe('passed'));
  test.each([
    ['a file', [file('app/config.ini', '', 0o646)], '/app/config.ini'],
    ['a folder', [folder('data', 0o777)], '/data'],
    ['a file with a sticky bit, which means nothing there', [file('app/x', '', 0o1666)], '/app/x'],
    ['a hard link', [hardLink('a', 'b', 0o666)], '/a'],
    ['a pipe', [{ type: 'fifo', path: 'run/in', mode: 0o622, uid: 0, gid: 0 }], '/run/in'],
  ] as const)('fails: %s', async (_, entries, why) => expect(whyOf(await measure(noWorldWritable, [entries]))).toBe(why));
  test('a later layer mends it, and one that opens it is named', async () => {
    const [open, closed] = [[folder('data', 0o777)], [folder('data', 0o755)]];
    expect(whyOf(await measure(noWorldWritable, [open, closed]))).toBe('passed');
    expect(await measure(noWorldWritable, [closed, open])).toMatchObject({ evidence: [{ what: '/data (layer 2: RUN step 2)' }] });
  });
});

describe('program-read-only', () => {
  const code = (mode = 0o644, uid = 0, gid = 0): PlainEntry => file('app/main.py', '', mode, uid, gid);
  test.each([
    ['root’s code', [folder('app'), code()]],
    [
      'the service’s own data, declared writable, programs in it too',
      [folder('app/data', 0o755, 10001), file('app/data/x.py', '', 0o644, 10001)],
    ],
    ['its home, in which nothing is run', [folder('home/app', 0o755, 10001, 10001), file('home/app/.profile', '', 0o644, 10001)]],
    ['data that nobody runs', [file('app/words.txt', '', 0o666), file('app/mine.json', '', 0o600, 10001)]],
    ['another user’s code', [folder('app', 0o755, 5), code(0o644, 5, 5)]],
    ['root’s programs in a sticky folder of everybody', [folder('var/tmp', 0o1777), file('var/tmp/run', '', 0o755)]],
  ] as const)('passes %s', async (_, entries) => expect(whyOf(await measure(programReadOnly, [entries]))).toBe('passed'));
  test.each([
    ['its own code', [code(0o644, 10001)], '/app/main.py'],
    ['its own code, which it could open with chmod', [code(0o444, 10001)], '/app/main.py'],
    ['what its group may write', [code(0o664, 0, 10001)], '/app/main.py'],
    ['what everybody may write', [code(0o646)], '/app/main.py'],
    ['a folder of its own with root’s code', [folder('app', 0o755, 10001), code()], '/app'],
    ['a folder far above', [folder('srv', 0o777), folder('srv/a'), file('srv/a/b/run', '', 0o755)], '/srv'],
    ['a library', [file('usr/lib/libssl.so.3', '', 0o644, 10001)], '/usr/lib/libssl.so.3'],
    ['byte code', [file('app/__pycache__/main.cpython-313.pyc', '', 0o644, 10001)], '/app/__pycache__/main.cpython-313.pyc'],
    ['its program in a sticky folder', [folder('var/tmp', 0o1777), file('var/tmp/run', '', 0o755, 10001)], '/var/tmp, /var/tmp/run'],
    ['a hard link to code', [hardLink('app/run', 'usr/bin/run', 0o757)], '/app/run'],
  ] as const)('fails: %s', async (_, entries, paths) =>
    expect(whyOf(await measure(programReadOnly, [entries]))).toBe(`user 10001 may write ${paths}`),
  );
  test('of root nothing is asked', async () =>
    expect(await measure(programReadOnly, [[code()]], '0:0')).toMatchObject({ outcome: 'skipped' }));
  test('the user is the image’s, whatever the plan says', async () =>
    expect(whyOf(await measure(programReadOnly, [[code(0o644, 7)]], '7'))).toBe('user 7 may write /app/main.py'));
});
