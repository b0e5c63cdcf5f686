import type { Command } from 'commander';
import { examples, buildOptions, proofOptions, pushOption, type BuildOptions, type ProofOptions } from './options.ts';
import { exitWith, interruptible } from './run-command.ts';
import { shipProject } from './ship-project.ts';
import { progressOn } from './terminal.ts';

export function define(command: Command): void {
  pushOption(proofOptions(buildOptions(command)), ', when it is fit,')
    .addHelpText(
      'after',
      examples(
        'plimsoll ship .',
        'plimsoll ship . --env DATABASE_URL=postgres://db/app --skip size-budget',
        'plimsoll ship . --json > proof.json',
        'plimsoll ship . --push --tag registry.example/team/app:1.2',
        'plimsoll ship . --markdown report.md --locked      in CI, for a pull request',
      ),
    )
    .action(async (path: string, options: BuildOptions & ProofOptions) => {
      const { progress, stop } = progressOn(process.stderr);
      exitWith(await interruptible((signal) => shipProject(path, options, { progress, stop, signal })).finally(stop));
    });
}
