import type { Command } from 'commander';
import { UserError } from '../base/index.ts';
import { configSchema, nearest } from '../config/index.ts';
import { decisionRules } from '../plan/index.ts';
import { gates } from '../prove/index.ts';
import { decisionPage, gatePage } from '../report/index.ts';
import { examples } from './options.ts';

/** Names that `explain` takes, each with its page. */
export function pages(): Map<string, string> {
  return new Map([
    ...gates.map((g) => [g.id, gatePage(g)] as const),
    ...decisionRules.map((d) => [d.id, decisionPage(d)] as const),
    ['plimsoll.yaml', configPage()],
  ]);
}

function configPage(): string {
  const rows = Object.entries(configSchema.shape).map(([key, value]) => `  ${key.padEnd(14)} ${value.description ?? ''}`.trimEnd());
  return `# plimsoll.yaml\n\nEvery key overrides one decision, or feeds the checks; all are optional.\n\n${rows.join('\n')}\n`;
}

export function define(command: Command): void {
  command
    .argument('[name]', 'a check, a decision, or `plimsoll.yaml`')
    .addHelpText('after', examples('plimsoll explain', 'plimsoll explain sigterm', 'plimsoll explain base'))
    .action((name: string | undefined) => {
      const all = pages();
      if (name === undefined) {
        process.stdout.write(
          `Checks:    ${gates.map((g) => g.id).join(', ')}\nDecisions: ${decisionRules.map((d) => d.id).join(', ')}\nFiles:     plimsoll.yaml\n`,
        );
        return;
      }
      const page = all.get(name);
      if (page === undefined) {
        const near = nearest(name, [...all.keys()]);
        throw new UserError(
          `nothing is called \`${name}\``,
          near === undefined ? '`plimsoll explain` lists all names' : `did you mean \`${near}\`?`,
        );
      }
      process.stdout.write(page);
    });
}
