import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { UserError } from '../base/index.ts';
import { unifiedDiff } from '../report/index.ts';
import { DOCKERFILE, writeFiles } from '../write/index.ts';
import { adoptable, BEFORE_SUFFIX, refuseForeign } from './init/adopt.ts';
import { changesTo, isChanged, textOf, type Change } from './init/changes.ts';
import { writtenBefore, writtenNow } from './init/record.ts';
import { checked, factLines, jsonOf, summary } from './init/report.ts';
import { saveAll, type Saving } from './init/save.ts';
import { configChange, settle, type Settled } from './init/settle.ts';
import type { AnswerFlags } from './init/questions.ts';
import { EXIT } from './exit.ts';
import { examples, planOptions } from './options.ts';
import { exitWith } from './run-command.ts';

export interface InitOptions extends AnswerFlags {
  readonly json?: boolean;
  readonly package?: string;
  readonly dryRun?: boolean;
  readonly check?: boolean;
  readonly yes?: boolean;
  readonly adopt?: boolean;
}

export function define(command: Command): void {
  planOptions(command, '`slim`, `alpine`, `bookworm`, `trixie`, or an image for the Dockerfile as `python:3.12-slim`')
    .addOption(new Option('--server <name>', 'what serves the application').choices(['uvicorn', 'gunicorn', 'hypercorn', 'uwsgi', 'own']))
    .addOption(new Option('--stages <how>', 'stages of the Dockerfile; `single` is for development').choices(['multi', 'single']))
    .addOption(new Option('--health-check <who>', 'what asks the health endpoint in the Dockerfile').choices(['python', 'curl', 'none']))
    .option('--yes', 'ask nothing: what is recommended')
    .option('--adopt', `read a Dockerfile that Plimsoll did not write, keep it as ${DOCKERFILE}${BEFORE_SUFFIX}, and write a new one`)
    .option('--dry-run', 'show what would change, as a diff, and write nothing')
    .option('--check', 'write nothing; exit 1 when a file is not as it would be written')
    .addHelpText(
      'after',
      examples(
        'plimsoll init                 a Dockerfile and a .dockerignore for this folder; again later: what changed is merged',
        'plimsoll init --yes           without questions',
        'plimsoll init --dry-run       what they would say',
        'plimsoll init --check         in CI: are they up to date',
        'plimsoll init --adopt         from the Dockerfile that is there',
      ),
    )
    .action(async (path: string, options: InitOptions) => {
      exitWith(await run(path, options));
    });
}

/** Everything is read and decided first; then all files are written, or none. */
async function run(path: string, options: InitOptions): Promise<number> {
  if (options.check === true && options.adopt === true)
    throw new UserError('`--check` writes nothing, and `--adopt` writes', 'use `--adopt --dry-run` to see what it would do');
  const settled = await settle(path, options);
  const { root, plan, adopted } = settled;
  const before = await writtenBefore(root);
  const files = await changesTo(root, writeFiles(plan), before, new Set(adopted === undefined ? [] : [DOCKERFILE]));
  const changes = [...files, ...configChange(settled), ...(adopted === undefined ? [] : [await adoptable(root)])];
  if (options.check === true) return check(changes, settled, options);
  await refuseForeign(root, files, plan, before);
  if (options.dryRun !== true) await write(root, changes, writtenNow(before, files));
  show(path, changes, settled, options);
  return changes.some(({ conflicts }) => conflicts.length > 0) ? EXIT.unfit : EXIT.fine;
}

/** A foreign Dockerfile is no file of Plimsoll's to check: that is said, and fails. Other foreign files are left alone. */
function check(changes: readonly Change[], settled: Settled, { json }: InitOptions): number {
  const stale = changes.filter((change) => isChanged(change) || (change.state === 'foreign' && change.path === DOCKERFILE));
  if (json === true) process.stdout.write(`${JSON.stringify(jsonOf(changes, settled), null, 2)}\n`);
  else process.stderr.write(checked(stale));
  return stale.length > 0 ? EXIT.unfit : EXIT.fine;
}

/** The record comes last: whoever is stopped before it merges the same again. */
async function write(root: string, changes: readonly Change[], record: Saving): Promise<void> {
  const changed: readonly Saving[] = changes.filter(isChanged);
  const isRecorded = (await textOf(root, record.path)) === record.text;
  await saveAll(root, isRecorded ? changed : [...changed, record]);
}

function show(path: string, changes: readonly Change[], settled: Settled, { json, dryRun }: InitOptions): void {
  if (json === true) process.stdout.write(`${JSON.stringify(jsonOf(changes, settled), null, 2)}\n`);
  else if (dryRun === true) for (const { path: file, before, text } of changes) process.stdout.write(unifiedDiff(file, before, text));
  else {
    process.stderr.write(factLines(settled.adopted ?? []));
    process.stderr.write(summary(changes, settled, join(path, DOCKERFILE), path));
  }
}
