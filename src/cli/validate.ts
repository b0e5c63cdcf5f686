import type { Command } from 'commander';
import { validate } from '../image/index.ts';
import { EXIT } from './exit.ts';
import { examples } from './options.ts';
import { exitWith } from './run-command.ts';

export function define(command: Command): void {
  command
    .argument('<image>', 'oci:DIR[:TAG], oci-archive:FILE, docker-archive:FILE, or a path')
    .option('--json', 'one JSON document on standard output')
    .addHelpText('after', examples('plimsoll validate .plimsoll/image', 'plimsoll validate docker-archive:image.tar --json'))
    .action(async (image: string, options: { json?: boolean }) => {
      const mismatches = await validate(image);
      if (options.json) process.stdout.write(`${JSON.stringify({ schema: 'plimsoll/validate/1', image, mismatches }, null, 2)}\n`);
      else if (mismatches.length === 0)
        process.stdout.write(`${image}: every digest, size and diff id is right, and the documents keep to the specification\n`);
      else process.stdout.write(mismatches.map((m) => `${m.where}: ${m.what}\n`).join(''));
      exitWith(mismatches.length === 0 ? EXIT.fine : EXIT.unfit);
    });
}
