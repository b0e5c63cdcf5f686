import type { Command } from 'commander';
import { errorsAmong, validate, type Mismatch } from '../image/index.ts';
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
      else process.stdout.write(mismatches.map(line).join('') + verdict(image, mismatches));
      exitWith(errorsAmong(mismatches).length === 0 ? EXIT.fine : EXIT.unfit);
    });
}

const line = ({ severity, where, what, section }: Mismatch): string => `${severity}: ${where}: ${what} [${section}]\n`;

function verdict(image: string, found: readonly Mismatch[]): string {
  const errors = errorsAmong(found).length;
  if (errors > 0) return `${image}: ${count(errors, 'error')}, ${count(found.length - errors, 'note')}\n`;
  const notes = found.length === 0 ? '' : ` (${count(found.length, 'note')})`;
  return `${image}: every digest, size and diff id is right, and the documents keep to the specification${notes}\n`;
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
