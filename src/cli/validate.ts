import type { Command } from 'commander';
import { validate } from '../image/index.ts';
import { EXIT } from './exit.ts';
import { IMAGE_FORMS, withImage } from './image-at.ts';
import { examples } from './options.ts';
import { exitWith, interruptible } from './run-command.ts';
import { progressOn } from './terminal.ts';

export function define(command: Command): void {
  command
    .argument('<image>', IMAGE_FORMS)
    .option('--json', 'one JSON document on standard output')
    .addHelpText(
      'after',
      examples(
        'plimsoll validate .plimsoll/image',
        'plimsoll validate docker-archive:image.tar --json',
        'plimsoll validate registry.example/team/app:1.2',
      ),
    )
    .action(async (image: string, options: { json?: boolean }) => {
      const { progress, stop } = progressOn(process.stderr);
      const mismatches = await interruptible((signal) => withImage(image, { progress, signal }, validate)).finally(stop);
      if (options.json) process.stdout.write(`${JSON.stringify({ schema: 'plimsoll/validate/1', image, mismatches }, null, 2)}\n`);
      else if (mismatches.length === 0)
        process.stdout.write(`${image}: every digest, size and diff id is right, and the documents keep to the specification\n`);
      else process.stdout.write(mismatches.map((m) => `${m.where}: ${m.what}\n`).join(''));
      exitWith(mismatches.length === 0 ? EXIT.fine : EXIT.unfit);
    });
}
