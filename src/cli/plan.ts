import type { Command } from 'commander';
import { planReport } from '../report/index.ts';
import { examples, flagsOf, planOptions, type PlanOptions } from './options.ts';
import { openProject } from './project.ts';
import { paintFor, widthOf } from './terminal.ts';

export function define(command: Command): void {
  planOptions(command)
    .addHelpText(
      'after',
      examples(
        'plimsoll plan examples/weather-tracker',
        'plimsoll plan . --base trixie',
        "plimsoll plan . --json | jq '.decisions[] | {id, choice}'",
      ),
    )
    .action(async (path: string, options: PlanOptions) => {
      const { plan } = await openProject(path, flagsOf(options));
      if (options.json) process.stdout.write(`${JSON.stringify({ schema: 'plimsoll/plan/1', ...plan }, null, 2)}\n`);
      else process.stdout.write(planReport(plan, { paint: paintFor(process.stdout), width: widthOf(process.stdout) }));
    });
}
