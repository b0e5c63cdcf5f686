import type { Command } from 'commander';
import { buildLines } from '../report/index.ts';
import { buildProject } from './build-project.ts';
import { buildOptions, examples, flagsOf, type BuildOptions } from './options.ts';
import { openProject } from './project.ts';
import { interruptible } from './run-command.ts';
import { paintFor, progressOn, widthOf } from './terminal.ts';

export function define(command: Command): void {
  buildOptions(command)
    .addHelpText(
      'after',
      examples(
        'plimsoll build .',
        'plimsoll build . --output docker-archive:image.tar && docker load < image.tar',
        'plimsoll build . --platform linux/amd64,linux/arm64 --output oci-archive:image.tar',
      ),
    )
    .action(async (path: string, options: BuildOptions) => {
      const { progress, stop } = progressOn(process.stderr);
      const built = await interruptible(async (signal) => {
        const project = await openProject(path, flagsOf(options));
        return buildProject(project, options, progress, signal);
      }).finally(stop);
      const [first] = built;
      if (!first) throw new Error('nothing was built');
      for (const note of new Set(built.flatMap((b) => b.summary.notes))) process.stderr.write(`note: ${note}\n`);
      if (options.json)
        process.stdout.write(
          `${JSON.stringify({ schema: 'plimsoll/build/1', ...first.summary, images: built.map((b) => b.summary.image) }, null, 2)}\n`,
        );
      else {
        const style = { paint: paintFor(process.stdout), width: widthOf(process.stdout) };
        process.stdout.write(`${built.flatMap((b) => buildLines(b.summary, style)).join('\n')}\n${first.summary.image.ref}\n`);
      }
    });
}
