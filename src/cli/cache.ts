import { rm } from 'node:fs/promises';
import type { Command } from 'commander';
import { UserError } from '../base/index.ts';
import { pruneStore, storeRoot, storeUsage } from '../base/node.ts';
import { parseSize } from '../config/index.ts';
import { formatBytes } from '../report/index.ts';
import { unpackedRemover } from '../run/index.ts';
import { examples } from './options.ts';

/** What `prune` leaves by default. */
const LIMIT = '2 GB';

export function define(command: Command): void {
  command.addHelpText('after', examples('plimsoll cache ls', 'plimsoll cache prune', 'plimsoll cache prune --to 500MB'));
  command
    .command('ls', { isDefault: true })
    .description('what the store holds, by kind')
    .option('--json', 'one JSON document on standard output')
    .action(async (options: { json?: boolean }) => {
      const root = storeRoot();
      const { sizeBytes, items } = await storeUsage(root);
      const kinds = [...new Set(items.map((item) => item.kind))].toSorted();
      const rows = kinds.map((kind) => {
        const of = items.filter((item) => item.kind === kind);
        return { kind, count: of.length, sizeBytes: of.reduce((sum, i) => sum + i.sizeBytes, 0) };
      });
      if (options.json) process.stdout.write(`${JSON.stringify({ schema: 'plimsoll/cache/1', root, sizeBytes, kinds: rows }, null, 2)}\n`);
      else
        process.stdout.write(
          [
            `${root}: ${formatBytes(sizeBytes)}`,
            ...rows.map((r) => `  ${formatBytes(r.sizeBytes).padStart(9)}  ${r.kind} (${r.count})`),
            '',
          ].join('\n'),
        );
    });
  command
    .command('prune')
    .description('remove what was used longest ago; what a running process uses stays')
    .option('--to <size>', 'leave at most so much', LIMIT)
    .option('--all', 'remove everything that no process is using')
    .action(async (options: { to: string; all?: boolean }) => {
      const root = storeRoot();
      const removed = await pruneStore(root, options.all ? 0 : sizeOf(options.to), unpackedRemover);
      const { sizeBytes } = await storeUsage(root);
      if (options.all && sizeBytes === 0) await rm(root, { recursive: true, force: true });
      process.stdout.write(`removed ${formatBytes(removed)}; ${formatBytes(sizeBytes)} remain in ${root}\n`);
    });
}

function sizeOf(text: string): number {
  try {
    return parseSize(text);
  } catch {
    throw new UserError(`\`--to ${text}\` is no size`, 'write it as `500MB` or `2 GB`');
  }
}
