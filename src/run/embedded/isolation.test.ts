import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BUSYBOX, tarOf } from '../image.testing.ts';
import { lacksOwners, openKit, outputOf, whyNoContainers, type Kit } from '../kit.testing.ts';

const why = await whyNoContainers();
const noOwners = await lacksOwners();

describe.skipIf(why !== undefined)(`isolation${why === undefined ? '' : ` (${why})`}`, { timeout: 60_000 }, () => {
  let kit: Kit;
  beforeAll(async () => {
    kit = await openKit();
  });
  afterAll(() => kit.close());
  const run = (script: string, ...more: [over?: Parameters<Kit['script']>[2]]): Promise<string> => kit.script(script, outputOf, ...more);

  test('the entrypoint itself is PID 1, and sees no process but its own', async () => {
    expect(await run('echo $$ /proc/[0-9]*')).toBe('1 /proc/1');
  });

  test('it has the numeric user, no capability of any kind, and can gain none', async () => {
    const status = await run('cat /proc/self/status; id -u; id -g');
    for (const set of ['Inh', 'Prm', 'Eff', 'Bnd', 'Amb']) expect(status).toContain(`Cap${set}:\t0000000000000000`);
    expect(status).toContain('NoNewPrivs:\t1');
    expect(status).toMatch(/10001\n10001$/);
  });

  test('root in the image has no capability either', async () => {
    const status = await run('id -u; cat /proc/1/status; chown 1 /etc 2>&1; mount -t tmpfs x /tmp 2>&1', { config: { User: '' } });
    expect(status).toMatch(/^0\n/);
    for (const set of ['Inh', 'Prm', 'Eff', 'Bnd', 'Amb']) expect(status).toContain(`Cap${set}:\t0000000000000000`);
    expect(status).toMatch(/mount: .*(permitted|denied|root)/);
  });

  // Where root is told to go by Plimsoll itself in a container with few ids, there are none to spare.
  test.skipIf(process.geteuid!() !== 0)(
    'as root: the image’s root is nobody on this machine, and all that is its own is its own',
    async () => {
      const mine = ['/', '/dev', '/etc', '/etc/hosts', '/proc/1/status', '/tmp', '/made', '/implied', '/bin/busybox'];
      const over = {
        config: { User: '0:0' },
        files: [{ path: 'implied/file', content: '' }],
        options: { readOnlyRoot: false, writablePaths: ['/made'] },
      };
      const text = await run(
        `cat /proc/self/uid_map /proc/self/gid_map; stat -c %u:%g ${mine.join(' ')}; touch /dev/x /x && echo written`,
        over,
      );
      const maps = text.split('\n').filter((line) => /^ +0 /.test(line));
      expect(maps).toHaveLength(2);
      for (const line of maps) expect(Number(line.trim().split(/ +/)[1])).toBeGreaterThan(65_536);
      expect(text.match(/^0:0$/gm)).toHaveLength(mine.length);
      expect(text).toMatch(/^written$/m);
    },
  );

  test('no file of the host is read for the image’s users, and an image that means its own is understood', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'plimsoll-passwd-'));
    writeFileSync(join(outside, 'passwd'), 'evil:x:4242:4242::/:/bin/sh\n');
    const above = (target: string) => [
      tarOf([
        { path: 'etc/passwd', type: 'symlink', target },
        { path: 'own/passwd', content: 'app:x:10003:10003::/own:/bin/sh\n' },
      ]),
    ];
    try {
      for (const target of [
        join(outside, 'passwd'),
        `../../../../../../../..${outside}/passwd`,
        '/dev/zero',
        '/etc/passwd',
        '..',
        '/proc/self/environ',
      ]) {
        const end = run('id -u', { config: { User: 'evil' }, above: above(target) });
        await expect(end).rejects.toThrow("the image's user `evil` is not in its /etc/passwd");
      }
      expect(await run('id -u', { config: { User: 'app' }, above: above('/own/passwd') })).toMatch(/^10003/);
    } finally {
      rmSync(outside, { recursive: true });
    }
  });

  test('a name of the image’s with a line break in it makes no mount of its own', async () => {
    const above = [
      tarOf([
        { path: 'data', type: 'symlink', target: 'a\nat /etc/b' },
        { path: 'z', type: 'symlink', target: '/etc' },
      ]),
    ];
    await expect(run('true', { above, options: { writablePaths: ['/data/x'] } })).rejects.toThrow('a line break');
  });

  test('no abstract socket of the host can be reached', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen('\0plimsoll-abstract', resolve));
    try {
      expect(readFileSync('/proc/net/unix', 'latin1')).toContain('@plimsoll-abstract');
      expect(await run('cat /proc/net/unix')).not.toContain('plimsoll-abstract');
    } finally {
      server.close();
    }
  });

  test('no setting of the kernel can be written, not by the image’s root either', async () => {
    const text = await run(
      'find /proc/sys /proc/sysrq-trigger /sys -type f 2>/dev/null | while read -r f; do ( : >>$f ) 2>/dev/null && echo "open: $f"; done; find /proc/sys -type f | wc -l',
      { config: { User: '0:0' }, options: { readOnlyRoot: false } },
    );
    expect(Number(text.split('\n').at(-1))).toBeGreaterThan(100);
    expect(text).not.toContain('open:');
  });

  test('no program of the image runs as another user, whatever its mode says', async () => {
    const over = { files: [{ path: 'suid/id', content: readFileSync(BUSYBOX), mode: 0o6755, uid: 0, gid: 0 }] };
    const text = await run('/suid/id; stat -c %a /suid/id', over);
    expect(text).toMatch(/^uid=10001(\(app\))? gid=10001/);
    expect(text).not.toContain('euid=');
    expect(text).toMatch(/6755$/);
  });

  test('no mount and no path leads to the files of the host', async () => {
    const mounts = await run('cat /proc/1/mountinfo; ls /proc/1/root /proc/1/cwd/..');
    const roots = mounts.split('\n').filter((line) => / \/ \/ /.test(line));
    expect(roots).toHaveLength(1);
    expect(roots[0]).toContain('overlay');
    expect(mounts).not.toMatch(/ext4|xfs|btrfs|\/home|\/usr/);
  });

  test('no descriptor is open but the usual three', async () => {
    const fds = await run('ls -l /proc/1/fd');
    // Whoever starts the tests may leave some open for all their children: those are /dev/null here.
    for (const line of fds.split('\n').filter((l) => / [0-9]+ -> /.test(l)))
      expect(line).toMatch(/ [12] -> .*\/std(out|err)$| [0-9]+ -> \/dev\/null$/);
  });

  test('an image whose links lead to the host is mounted inside itself all the same', async () => {
    const outside = '/etc/plimsoll-must-not-exist';
    const over = {
      files: [
        { path: 'data', type: 'symlink' as const, target: outside },
        { path: 'up', type: 'symlink' as const, target: '../../../../../tmp' },
      ],
      options: { writablePaths: ['/data/x', '/up/y'] },
    };
    expect(await run('echo a >/etc/plimsoll-must-not-exist/x/f && echo b >/tmp/y/f && cat /data/x/f /up/y/f; ls /etc', over)).toMatch(
      /^a\nb\n/,
    );
    const { existsSync } = await import('node:fs');
    expect(existsSync(outside)).toBe(false);
  });

  test('new namespaces are refused, as in Docker', async () => {
    expect(await run('unshare -r true || echo refused')).toContain('refused');
  });

  test('/proc is masked and /sys read-only as Docker has them', async () => {
    const text = await run(
      'cat /proc/kcore /proc/keys /proc/timer_list 2>/dev/null | wc -c; ls /sys/firmware | wc -l; touch /sys/x; (echo 1 >/proc/sys/kernel/panic)',
    );
    expect(
      text
        .split('\n')
        .slice(0, 2)
        .map((n) => n.trim()),
    ).toEqual(['0', '0']);
    expect(text.match(/Read-only file system|Permission denied/g)?.length).toBe(2);
  });

  test('/dev holds what Docker puts there, usable', async () => {
    const text = await run(
      'ls /dev; echo x >/dev/null; head -c 4 /dev/urandom | wc -c; head -c 3 /dev/zero | wc -c; echo full >/dev/full; echo out >/dev/stdout; echo err >/dev/stderr; df -k /dev/shm | tail -1; echo s >/dev/shm/s && echo shm: $(cat /dev/shm/s)',
    );
    for (const name of [
      'fd',
      'full',
      'mqueue',
      'null',
      'ptmx',
      'pts',
      'random',
      'shm',
      'stderr',
      'stdin',
      'stdout',
      'tty',
      'urandom',
      'zero',
    ])
      expect(text.split('\n')).toContain(name);
    expect(text).toContain('\n4\n3\n');
    expect(text).toContain('No space left');
    expect(text).toMatch(/^out$/m);
    expect(text).toMatch(/^err$/m);
    expect(text).toMatch(/ 65536 .*\/dev\/shm$/m);
    expect(text).toMatch(/^shm: s$/m);
  });

  test('hostname, hosts and resolv.conf are its own', async () => {
    const text = await run('hostname; cat /etc/hostname /etc/hosts /etc/resolv.conf');
    expect(text).toMatch(/^(.+)\n\1\n127\.0\.0\.1\tlocalhost\n/);
    expect(text).not.toMatch(/^nameserver/m);
  });

  test('the loopback is up and there is no other network', async () => {
    const text = await run('ls /sys/class/net; ip addr; nc 192.0.2.1 80 2>&1');
    expect(text).toMatch(/^lo\n/);
    expect(text).toContain('inet 127.0.0.1/8');
    expect(text).toContain('Network is unreachable');
  });

  test('a read-only root is writable in the declared paths only, which belong to the user', async () => {
    const text = await run('touch /x; touch /bin/x; touch /data/ok /tmp/ok /a/b/ok; stat -c "%n %u %g %a" /data /tmp /a/b', {
      options: { writablePaths: ['/data', '/tmp', '/a/b'] },
    });
    expect(text.match(/Read-only file system/g)).toHaveLength(2);
    expect(text).toContain('/data 10001 10001 755\n/tmp 10001 10001 1777\n/a/b 10001 10001 755');
  });

  test("the environment is the image's and what was given over it, whatever is in it", async () => {
    const odd = `it's "odd" $HOME \`x\` \\ \n second line`;
    const over = {
      config: { Env: ['A=image', 'B=image', 'PATH=/bin', 'LD_PRELOAD=/none.so', 'IFS=x', 'UID=7'] },
      options: { environment: { B: 'given', ODD: odd } },
    };
    const text = await run(`cat /proc/1/environ | tr '\\0' '\\1'`, over);
    const pairs = text.split('\u0001').filter((pair) => pair !== '');
    expect(new Set(pairs)).toEqual(
      new Set([
        'A=image',
        'B=given',
        'PATH=/bin',
        'LD_PRELOAD=/none.so',
        'IFS=x',
        'UID=7',
        `ODD=${odd}`,
        'HOME=/home/app',
        expect.stringMatching(/^HOSTNAME=./),
      ]),
    );
  });

  test.skipIf(noOwners)("owners and modes hold: what is root's, the service can neither read nor write", async () => {
    const over = {
      config: { User: 'app' },
      files: [
        { path: 'secret', content: 'hidden', mode: 0o600 },
        { path: 'own', content: 'mine', mode: 0o600, uid: 10001, gid: 10001 },
        { path: 'team', content: 'ours', mode: 0o640, gid: 20002 },
        { path: 'code', type: 'directory' as const },
        { path: 'home', type: 'directory' as const },
        { path: 'home/app', type: 'directory' as const, mode: 0o700, uid: 10001, gid: 10001 },
      ],
      options: { readOnlyRoot: false },
    };
    const text = await run(
      'id; cat /secret; cat /own; cat /team; touch /code/x; touch /home/app/x && echo written; stat -c %u:%g /secret /own',
      over,
    );
    expect(text).toContain('groups=20002');
    expect(text).not.toContain('hidden');
    expect(text).toContain('mineours');
    expect(text).toMatch(/\/code\/x: Permission denied/);
    expect(text).toMatch(/written\n0:0\n10001:10001$/m);
  });

  test("an id above 65535, as OpenShift gives them, is the service's", async () => {
    const text = await run('id -u; id -g; touch /data/x && echo written', {
      options: { user: { uid: 1_000_650_000, gid: 0 }, writablePaths: ['/data'] },
    });
    expect(text).toBe('1000650000\n0\nwritten');
  });
});
