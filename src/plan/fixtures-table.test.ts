import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Service } from '../service/index.ts';
import type { Decision, Plan } from './index.ts';

const root = join(import.meta.dirname, '../..');
const fixtures = join(root, 'fixtures');

type Golden = Pick<Plan, 'contract' | 'recipe'> & {
  readonly decisions: readonly Decision[];
  readonly refused?: { readonly message: string };
};

const read = <T>(name: string, file: string): T => JSON.parse(readFileSync(join(fixtures, name, file), 'utf8')) as T;

const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;

/** What was read of a fixture and decided, from its golden files. */
function rowOf(name: string): string {
  const service = read<Service>(name, 'service.json');
  const plan = read<Golden>(name, 'plan.json');
  const kind = service.framework?.value ?? 'unknown';
  if (plan.refused) return `| ${name} | ${kind} | refused: ${plan.refused.message} | | | | |`;
  const choice = (id: string): string => plan.decisions.find((d) => d.id === id)?.choice ?? '';
  const source = plan.recipe.dependencies;
  const file = source === undefined ? 'none' : source.kind === 'requirements' ? (source.files[0] ?? '') : source.file;
  const sets = ['', 'main'].includes(choice('dependency-sets')) ? '' : `, ${choice('dependency-sets')}`;
  const variables = plan.contract.environment.filter((v) => v.value === undefined).map((v) => (v.required ? `**${v.name}**` : v.name));
  return `| ${name} | ${kind} | ${code(choice('entry'))} | ${choice('port')} | ${choice('interpreter')} | ${file}${sets} | ${variables.join(', ')} |`;
}

test('docs/fixtures.md is made of the golden files', () => {
  const rows = readdirSync(fixtures).map(rowOf);
  const text = `# The fixtures

What Plimsoll reads of each repository in fixtures/, and decides. Made by \`npm run golden\` of the golden files there; the line of each README says what it shows. Bold variables are required.

| fixture | kind | entry | port | Python | dependencies from | environment |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
  const path = join(root, 'docs/fixtures.md');
  if (process.env['PLIMSOLL_GOLDEN'] === 'write') writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, 'utf8'));
});
