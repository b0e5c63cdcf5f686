import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openKit, whyNoContainers, type Kit } from '../kit.testing.ts';

const why = await whyNoContainers();

describe.skipIf(why !== undefined)(
  `what runs beside a hostile service${why === undefined ? '' : ` (${why})`}`,
  { timeout: 120_000 },
  () => {
    let kit: Kit;
    let outside = '';
    beforeAll(async () => {
      kit = await openKit();
      // Anybody may read it, so that nothing but the container keeps it away.
      outside = mkdtempSync(join(tmpdir(), 'plimsoll-outside-'));
      chmodSync(outside, 0o755);
      writeFileSync(join(outside, 'canary'), 'of the host', { mode: 0o644 });
    });
    afterAll(async () => {
      rmSync(outside, { recursive: true });
      await kit.close();
    });

    // A check is a process of the host's for some milliseconds, with the service's number already.
    test.each(['10001:10001', '0:0'])('the way of a health check into the container leads nobody out of it, as %s', async (user) => {
      const spy = `
      echo up
      while :; do
        for p in /proc/[0-9]*; do
          [ $p = /proc/1 ] && continue
          read -r name 2>/dev/null <$p/comm && echo "saw $name"
          [ -e $p/root${outside}/canary ] && echo "reached the host through $p"
          exe=$(readlink $p/exe) && [ -n "$exe" ] && [ "$exe" != /bin/busybox ] && echo "holds $exe"
        done
      done`;
      const seen = await kit.script(
        spy,
        async (c) => {
          await c.waitForLog(({ text }) => text === 'up', 10_000);
          for (let i = 0; i < 15; i += 1) await c.exec(['sleep', '0.1'], 10_000);
          return new Set(c.logs().map(({ text }) => text));
        },
        { config: { User: user } },
      );
      // Else it looked at nothing.
      expect([...seen].some((text) => text.startsWith('saw '))).toBe(true);
      expect([...seen].filter((text) => !/^saw |^up$/.test(text))).toEqual([]);
    });
  },
);
