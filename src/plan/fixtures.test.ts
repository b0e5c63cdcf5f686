import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../base/index.ts';
import { fixtureFiles } from '../base/fixtures.testing.ts';
import { readConfig } from '../config/index.ts';
import { readService } from '../service/index.ts';
import { makePlan } from './index.ts';

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));
const folders = readdirSync(fixtures);

/** What a reader of the golden wants to see: each decision with its evidence, and the contract. */
async function summaryOf(name: string): Promise<unknown> {
  const config = join(fixtures, name, 'service', 'plimsoll.yaml');
  const asked = existsSync(config) ? readConfig(readFileSync(config, 'utf8')) : {};
  const service = await readService(await fixtureFiles(name), { folderName: 'service', dependencies: asked.dependencies });
  try {
    const plan = makePlan(service, asked);
    return {
      decisions: plan.decisions.map(({ id, choice, says, decidedBy, because }) => ({ id, choice, says, decidedBy, because })),
      contract: plan.contract,
      recipe: plan.recipe,
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { refused: { message: error.message, hint: error.hint, ...(error.at ? { at: error.at } : {}) } };
  }
}

describe('the plan of', () => {
  test.each(folders)('%s is its golden', async (name) => {
    const golden = join(fixtures, name, 'plan.json');
    const text = `${JSON.stringify(await summaryOf(name), null, 2)}\n`;
    if (process.env['PLIMSOLL_GOLDEN'] === 'write') writeFileSync(golden, text);
    expect(text).toBe(readFileSync(golden, 'utf8'));
  });

  test('at least 25 repositories', () => {
    expect(folders.length).toBeGreaterThanOrEqual(25);
  });
});
