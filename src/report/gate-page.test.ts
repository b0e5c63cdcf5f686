import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { gates, profiles } from '../prove/index.ts';
import type { Sabotage } from '../prove/sabotage.test-support.ts';
import { gatePage } from './explain.ts';

const folder = fileURLToPath(new URL('../../docs/gates/', import.meta.url));

/** With the ways in which the tests break it. */
async function pageOf(gate: (typeof gates)[number]): Promise<string> {
  const { sabotages } = (await import(`../prove/gates/${gate.id}.sabotage.ts`)) as { readonly sabotages: readonly Sabotage[] };
  const ways = sabotages.map(({ name, service }) => `- ${name} (fixtures/${service})`);
  return `${gatePage(gate, profiles)}\nThe tests break a healthy service, and it must fail:\n\n${ways.join('\n')}\n`;
}

test('each gate has its page in docs/gates, made of its own metadata and its sabotages', async () => {
  const pages = new Map(await Promise.all(gates.map(async (gate) => [`${gate.id}.md`, await pageOf(gate)] as const)));
  if (process.env['PLIMSOLL_GOLDEN'] === 'write') {
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of pages) writeFileSync(folder + name, text);
  }
  expect(readdirSync(folder).toSorted()).toEqual([...pages.keys()].toSorted());
  for (const [name, text] of pages) expect(readFileSync(folder + name, 'utf8')).toBe(text);
});
