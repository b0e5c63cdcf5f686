import type { Command } from 'commander';
import { nearest, UserError } from '../base/index.ts';
import { configSchema } from '../config/index.ts';
import { decisionRules } from '../plan/index.ts';
import { rules } from '../lint/index.ts';
import { gates, profiles } from '../prove/index.ts';
import { decisionPage, gatePage, profilePage, rulePage } from '../report/index.ts';
import { examples } from './options.ts';

/** Names that `explain` takes, each with its page. */
export function pages(): Map<string, string> {
  return new Map([
    ...gates.map((g) => [g.id, gatePage(g, profiles)] as const),
    ...profiles.map((p) => [p.id, profilePage(p)] as const),
    ...decisionRules.map((d) => [d.id, decisionPage(d)] as const),
    ...rules.flatMap((r) => [r.id, ...r.aliases].map((name) => [name, rulePage(r)] as const)),
    ['plimsoll.yaml', configPage()],
  ]);
}

function configPage(): string {
  const rows = Object.entries(configSchema.shape).map(([key, value]) => `  ${key.padEnd(14)} ${value.description ?? ''}`.trimEnd());
  return `# plimsoll.yaml\n\nEvery key overrides one decision, or feeds the checks; all are optional.\n\n${rows.join('\n')}\n`;
}

export function define(command: Command): void {
  command
    .argument('[names...]', 'checks, profiles, decisions, rules (hadolint’s and BuildKit’s names too), or `plimsoll.yaml`')
    .addHelpText(
      'after',
      examples('plimsoll explain', 'plimsoll explain sigterm', 'plimsoll explain base plimsoll.yaml', 'plimsoll explain UndefinedVar'),
    )
    .action((names: readonly string[]) => {
      if (names.length === 0)
        process.stdout.write(
          `Checks:    ${gates.map((g) => g.id).join(', ')}\nDecisions: ${decisionRules.map((d) => d.id).join(', ')}\nProfiles:  ${profiles.map((p) => p.id).join(', ')}\nRules:     ${rules.map((r) => r.id).join(', ')}\nFiles:     plimsoll.yaml\n`,
        );
      const all = pages();
      process.stdout.write(names.map((name) => pageOf(name, all)).join('\n'));
    });
}

function pageOf(name: string, all: ReadonlyMap<string, string>): string {
  const page = all.get(name);
  if (page !== undefined) return page;
  const near = nearest(name, [...all.keys()]);
  throw new UserError(
    `nothing is called \`${name}\``,
    near === undefined ? '`plimsoll explain` lists all names' : `did you mean \`${near}\`?`,
  );
}
