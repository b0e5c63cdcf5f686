import { InvalidArgumentError, type Command } from 'commander';
import { examples, buildOptions, proofOptions, pushOption } from './options.ts';
import { exitWith, interruptible } from './run-command.ts';
import { shipProject, type ShipOptions } from './ship-project.ts';
import { progressOn } from './terminal.ts';

interface Options extends ShipOptions {
  readonly all?: true;
  readonly jobs: number;
}

/** Building and checking each keep about one processor busy. */
const JOBS = 2;

export function define(command: Command): void {
  pushOption(proofOptions(buildOptions(command)), ', when it is fit,')
    .option('--all', 'every service below the folder; `{name}` in --tag, --output and the files of reports stands for each one’s name')
    .option('--jobs <number>', 'with --all: how many at once', jobs, JOBS)
    .addHelpText(
      'after',
      examples(
        'plimsoll ship .',
        'plimsoll ship . --env DATABASE_URL=postgres://db/app --skip size-budget',
        'plimsoll ship . --json > proof.json',
        'plimsoll ship . --push --tag registry.example/team/app:1.2',
        'plimsoll ship . --html proof.html      a page to show',
        'plimsoll ship . --locked --markdown report.md --junit report.xml      in CI, for a pull request',
        'plimsoll ship --all --push --tag registry.example/team/{name}:1.2      of a repository with several services',
      ),
    )
    .action(async (path: string, options: Options) => {
      const { progress, stop } = progressOn(process.stderr);
      exitWith(
        await interruptible(async (signal) => {
          if (options.all !== true) return shipProject(path, options, { progress, stop, signal });
          const { shipAll } = await import('./ship-all/ship-all.ts');
          return shipAll(path, options, { progress, stop, signal });
        }).finally(stop),
      );
    });
}

function jobs(value: string): number {
  if (!/^[1-9]\d?$/.test(value)) throw new InvalidArgumentError('Write a number from 1 to 99.');
  return Number(value);
}
