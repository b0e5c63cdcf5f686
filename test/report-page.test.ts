import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOSTILE, reportWith } from '../src/report/proof/report.testing.ts';
import { compareHtml, proofFormats, regressionsOf, type Comparison, type Side } from '../src/report/index.ts';
import { startChromium, whyNoChromium, type Browser, type Look, type Page } from './chromium.ts';
import { scratch } from './plimsoll.ts';

const place = scratch();
afterAll(place.remove);

/** Two images that differ in everything, and `text` wherever an image has a say. */
function comparisonWith(text: string): string {
  const image = (user: string, bytes: number, path: string): Side['image'] => ({
    digest: 'sha256:00',
    platform: 'linux/amd64',
    size: { compressed: bytes, uncompressed: bytes, hidden: 0 },
    layers: 3,
    files: 9,
    user,
    entrypoint: [text],
    command: [text],
    healthCheck: [],
    settings: new Map(),
    tools: { shells: [path], packageManagers: [], compilers: [] },
    setuid: [],
    installed: { packages: [], unread: [] },
    packages: new Map(),
    owners: new Map(),
    contents: new Map(),
    sizes: new Map(),
  });
  const [before, after] = [
    { ref: text, image: image('10001', 50e6, '/bin/dash') },
    { ref: text, image: image('', 90e6, `/bin/${text}`) },
  ];
  const comparison: Comparison = {
    before,
    after,
    settings: [{ name: `ENV ${text}`, before: text, after: text }],
    files: { changes: Array.from({ length: 80 }, (_, i) => ({ kind: 'added', path: `/${i}/${text}`, after: i })), onlyTimes: 0 },
    folders: [{ folder: `/${text}`, before: 1, after: 5 }],
    packages: [{ name: `python ${text}`, after: text }],
    regressions: regressionsOf({ before, after }, 0),
  };
  return compareHtml(comparison, { at: new Date(0), version: '1' });
}

const PAGES = {
  'a fit image': proofFormats.html(reportWith('a plain word', 'fit')),
  'an image that is not fit': proofFormats.html(
    reportWith('GET /a/very/long/path/that/nobody/would/want/to/read?with=a&query=too 500', 'unfit'),
  ),
  'an unproven image': proofFormats.html(reportWith('plain', 'unproven')),
  'hostile text': proofFormats.html(reportWith(HOSTILE.join(' '))),
  'two images': comparisonWith('/a/very/long/path/that/nobody/would/want/to/read/and/that/has/no/end'),
  'two hostile images': comparisonWith(HOSTILE.join(' ')),
} as const;
const LOOKS: readonly Look[] = [390, 1280].flatMap((width) => (['light', 'dark'] as const).map((scheme) => ({ width, scheme })));
const cases = Object.keys(PAGES).flatMap((name) => LOOKS.map((look) => [name as keyof typeof PAGES, look] as const));
const OPEN_ALL = 'for (const each of document.querySelectorAll("details")) each.open = true';

let browser: Browser;
const addressOf = (name: keyof typeof PAGES): string => {
  const file = join(place.folder, `${name}.html`);
  writeFileSync(file, PAGES[name]);
  return pathToFileURL(file).href;
};
const open = (name: keyof typeof PAGES, look: Look): Promise<Page> => browser.open(addressOf(name), look);

/** The smallest contrast of a text that is shown with what is behind it, with the text: WCAG 2.2, "contrast ratio". */
const CONTRAST = `(() => {
  const rgb = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const over = ([r, g, b, a = 1], [x, y, z]) => [r * a + x * (1 - a), g * a + y * (1 - a), b * a + z * (1 - a)];
  const light = (color) => {
    const [r, g, b] = color.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    const layers = [];
    for (let each = element; each; each = each.parentElement) layers.unshift(rgb(getComputedStyle(each).backgroundColor));
    return layers.reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let worst = { ratio: 21, text: '', seen: 0 };
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (texts.currentNode.data.trim() === '' || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const ground = behind(element);
    const ink = over(rgb(element instanceof SVGElement ? style.fill : style.color), ground);
    const [low, high] = [light(ink), light(ground)].sort((a, b) => a - b);
    const ratio = (high + 0.05) / (low + 0.05);
    worst = { ...(ratio < worst.ratio ? { ratio, text: texts.currentNode.data } : worst), seen: worst.seen + 1 };
  }
  return worst;
})()`;

describe.skipIf(whyNoChromium !== undefined)(`the page in a browser${whyNoChromium === undefined ? '' : ` (${whyNoChromium})`}`, () => {
  beforeAll(async () => void (browser = await startChromium()));
  afterAll(async () => browser.close());

  test.each(cases)('%s, %o: fits the width, keeps its contrast, loads and breaks nothing, and axe finds nothing', async (name, look) => {
    const page = await open(name, look);
    await page.evaluate(OPEN_ALL);
    const { scroll, inner } = await page.evaluate<{ scroll: number; inner: number }>(
      '({ scroll: document.documentElement.scrollWidth, inner: window.innerWidth })',
    );
    expect([scroll, inner]).toEqual([look.width, look.width]);
    const { ratio, text, seen } = await page.evaluate<{ ratio: number; text: string; seen: number }>(CONTRAST);
    expect(ratio, text).toBeGreaterThanOrEqual(4.5);
    expect(seen).toBeGreaterThan(60);
    await page.evaluate(axe.source);
    const violations = await page.evaluate<readonly string[]>(
      'axe.run().then((all) => all.violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.html).join(" ")}`))',
    );
    expect(violations).toEqual([]);
    expect(page.complaints).toEqual([]);
    expect(page.requests).toEqual([addressOf(name)]);
  });

  test.each(['hostile text', 'two hostile images'] as const)('%s: it stays text', async (name) => {
    const page = await open(name, { width: 1280, scheme: 'light' });
    expect(await page.evaluate('document.querySelectorAll("script, img, iframe, b b, i, link, [onload], [onerror], [src]").length')).toBe(
      0,
    );
    const text = await page.evaluate<string>('document.body.textContent');
    for (const each of HOSTILE.slice(0, 6)) expect(text).toContain(each);
  });

  test('the keyboard alone reaches every fold in its order, shows where it is, and opens it', async () => {
    const page = await open('an image that is not fit', { width: 1280, scheme: 'light' });
    const folds = await page.evaluate<number>('document.querySelectorAll("summary").length');
    const at = `(() => {
      const it = document.activeElement;
      const { outlineStyle, outlineWidth } = getComputedStyle(it);
      const index = [...document.querySelectorAll('summary')].indexOf(it);
      return { name: it.localName, index, outline: outlineStyle + ' ' + outlineWidth, open: it.parentElement.open, left: it.getBoundingClientRect().left };
    })()`;
    type At = { name: string; index: number; outline: string; open: boolean; left: number };
    await page.press('Tab');
    const skip = await page.evaluate<At>(at);
    expect(skip).toMatchObject({ name: 'a', outline: 'solid 2px' });
    expect(skip.left).toBeGreaterThanOrEqual(0);
    for (let index = 0; index < folds; index += 1) {
      await page.press('Tab');
      const before = await page.evaluate<At>(at);
      expect(before).toMatchObject({ name: 'summary', index, outline: 'solid 2px' });
      await page.press('Enter');
      expect((await page.evaluate<At>(at)).open).toBe(!before.open);
    }
  });

  test('the skip link leads to the checks', async () => {
    const page = await open('a fit image', { width: 390, scheme: 'light' });
    await page.press('Tab');
    await page.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('checks');
  });

  test('on paper every fold is open', async () => {
    const page = await open('a fit image', { width: 1280, scheme: 'dark' });
    const shown = '[...document.querySelectorAll("details .body, details table, details .log")].map((it) => it.checkVisibility())';
    expect(await page.evaluate(shown)).toContain(false);
    await page.media('print');
    const heights = await page.evaluate<readonly boolean[]>(shown);
    expect(heights).not.toContain(false);
    expect(heights.length).toBeGreaterThan(8);
    expect((await page.evaluate<{ ratio: number }>(CONTRAST)).ratio).toBeGreaterThanOrEqual(4.5);
  });

  test('the times are drawn where they were measured', async () => {
    const page = await open('a fit image', { width: 1280, scheme: 'light' });
    const shares = await page.evaluate<Record<string, number>>(`(() => {
      const svg = document.querySelectorAll('.timeline')[1];
      const box = svg.getBoundingClientRect();
      const share = (element, side) => (element.getBoundingClientRect()[side] - box.left) / box.width;
      return { ready: share(svg.querySelector('line.wait'), 'right'), signal: share(svg.querySelector('line.signal'), 'left') };
    })()`);
    // Of the run that ends after 9 s it was ready after 0.8 s, and the signal came after 1 s.
    expect(shares['ready']).toBeCloseTo(0.8 / 9, 2);
    expect(shares['signal']).toBeCloseTo(1 / 9, 2);
  });
});
