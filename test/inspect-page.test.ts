import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startChromium, whyNoChromium, type Browser, type Look, type Page } from './chromium.ts';
import { plimsoll, root, scratch } from './plimsoll.ts';

const place = scratch();
afterAll(place.remove);
const file = join(place.folder, 'page.html');
const LOOKS: readonly Look[] = [390, 1280].flatMap((width) => (['light', 'dark'] as const).map((scheme) => ({ width, scheme })));

let browser: Browser;
beforeAll(async () => {
  execFileSync('python3', [join(root, 'src/inspect/planted.testing.py'), place.folder, '1']);
  const at = join(place.folder, '0');
  const end = await plimsoll(['inspect', `docker-archive:${at}/image.tar`, '--dockerfile', join(at, 'Dockerfile'), '--html', file]);
  expect([end.code, end.stderr]).toEqual([0, '']);
}, 60_000);

describe.skipIf(whyNoChromium !== undefined)(
  `the page of inspect in a browser${whyNoChromium === undefined ? '' : ` (${whyNoChromium})`}`,
  () => {
    beforeAll(async () => void (browser = await startChromium()));
    afterAll(async () => browser.close());
    const open = (look: Look): Promise<Page> => browser.open(pathToFileURL(file).href, look);

    test.each(LOOKS)('%o: fits the width, breaks nothing, and axe finds nothing', async (look) => {
      const page = await open(look);
      expect(await page.evaluate('[document.documentElement.scrollWidth, window.innerWidth]')).toEqual([look.width, look.width]);
      await page.evaluate(axe.source);
      const violations = await page.evaluate<readonly string[]>(
        'axe.run().then((all) => all.violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.html.slice(0, 200)).join(" ")}`))',
      );
      expect(violations).toEqual([]);
      expect(page.complaints).toEqual([]);
      expect(page.requests).toEqual([pathToFileURL(file).href]);
    });

    test('the keyboard reaches every part of the picture, shows where it is, and leads to its row', async () => {
      const page = await open({ width: 390, scheme: 'light' });
      const parts = await page.evaluate<number>('document.querySelectorAll(".treemap a").length');
      expect(parts).toBeGreaterThan(8);
      await page.press('Tab'); // past the link that skips to the parts
      for (let index = 0; index < parts; index += 1) {
        await page.press('Tab');
        const seen = await page.evaluate<{ index: number; outline: string; row: string | null; label: string }>(`(() => {
        const it = document.activeElement;
        const row = document.querySelector(it.getAttribute('href') ?? 'none');
        return {
          index: [...document.querySelectorAll('.treemap a')].indexOf(it),
          outline: getComputedStyle(it).outlineStyle,
          row: row?.querySelector('th').textContent ?? null,
          label: it.querySelector('title').textContent,
        };
      })()`);
        expect(seen).toMatchObject({ index, outline: 'solid' });
        expect(seen.label.startsWith(`${seen.row}, `)).toBe(true);
      }
    });

    test('areas are in proportion to bytes', async () => {
      const page = await open({ width: 1280, scheme: 'light' });
      const shares = await page.evaluate<readonly number[]>(`(() => {
      const cells = [...document.querySelectorAll('.treemap > a > svg')].map((it) => Number.parseFloat(it.getAttribute('width')) * Number.parseFloat(it.getAttribute('height')));
      return cells.map((it) => it / 10000);
    })()`);
      expect(shares.reduce((sum, it) => sum + it, 0)).toBeCloseTo(1, 2);
      expect(shares.toSorted((a, b) => b - a)).toEqual(shares);
    });
  },
);
