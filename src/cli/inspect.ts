import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { errorCode, UserError } from '../base/index.ts';
import { openToLook, sentByDocker } from '../image/index.ts';
import { inspectImage, inspectSaved, type DockerfileSource, type Inspection } from '../inspect/index.ts';
import { inspectHtml, inspectJson, inspectLines } from '../report/index.ts';
import { EXIT } from './exit.ts';
import { IMAGE_FORMS, withImage } from './image-at.ts';
import { examples } from './options.ts';
import { exitWith, interruptible } from './run-command.ts';
import type { Screen } from './ship-project.ts';
import { paintFor, progressOn, widthOf } from './terminal.ts';
import { version } from './version.ts';

interface Options {
  readonly dockerfile?: string;
  readonly json?: boolean;
  readonly html?: string;
  readonly interactive?: boolean;
}

export function define(command: Command): void {
  command
    .argument('<image>', IMAGE_FORMS)
    .option('--dockerfile <file>', 'the Dockerfile that made it; without it `./Dockerfile`, where it did')
    .option('--json', 'one JSON document on standard output: layers, causes, waste, packages, each file')
    .option('--html <file>', 'also write one page: a picture of its parts, and a row for each')
    .option('--interactive', 'walk through layers and folders with the arrow keys')
    .addHelpText(
      'after',
      examples(
        'plimsoll inspect .plimsoll/image',
        'plimsoll inspect docker:app:latest --dockerfile Dockerfile',
        'plimsoll inspect docker-archive:image.tar --json',
        'plimsoll inspect registry.example/team/app:1.2',
      ),
    )
    .action(async (image: string, options: Options) => {
      const browse = options.interactive ? await browserHere() : undefined;
      const { progress, stop } = progressOn(process.stderr);
      const inspection = await interruptible((signal) => inspect(image, options, { progress, stop, signal })).finally(stop);
      if (options.html !== undefined) await writePage(options.html, inspection);
      if (browse) await browse(inspection);
      else print(inspection, options);
      exitWith(EXIT.fine);
    });
}

async function inspect(ref: string, options: Options, screen: Screen): Promise<Inspection> {
  const dockerfile = await dockerfileAt(options.dockerfile);
  const wishes = { ref, dockerfile, onlyIfMade: options.dockerfile === undefined };
  return withImage(ref, screen, async (found, registry) => {
    if (found.kind !== 'docker') return inspectImage(await openToLook(found, undefined, registry), wishes);
    screen.progress({ task: 'reading', detail: ref });
    return inspectSaved(await sentByDocker(found.name, screen.signal), ref, wishes);
  });
}

/** The one that was named, which must be there, or the one in this folder, if there is one. */
async function dockerfileAt(path: string | undefined): Promise<DockerfileSource | undefined> {
  const text = await readFile(path ?? 'Dockerfile', 'utf8').catch((error: unknown) => {
    if (path === undefined) return undefined;
    throw new UserError(`${path} cannot be read (${errorCode(error) ?? 'unknown'})`, 'name the Dockerfile that made the image');
  });
  return text === undefined ? undefined : { path: path ?? 'Dockerfile', text };
}

/** Throws UserError where nobody can press a key. */
async function browserHere(): Promise<(inspection: Inspection) => Promise<void>> {
  const { browse, refuseWithoutTerminal } = await import('./inspect-browse.ts');
  refuseWithoutTerminal();
  return browse;
}

async function writePage(file: string, inspection: Inspection): Promise<void> {
  await writeFile(file, inspectHtml(inspection, { at: new Date(), version: await version() })).catch((error: unknown) => {
    throw new UserError(
      `\`--html ${file}\` cannot be written (${errorCode(error) ?? 'unknown'})`,
      'name a file in a folder that you may write to',
    );
  });
}

function print(inspection: Inspection, options: Options): void {
  if (options.json) return void process.stdout.write(`${JSON.stringify(inspectJson(inspection), null, 2)}\n`);
  const style = { paint: paintFor(process.stdout), width: widthOf(process.stdout) };
  process.stdout.write(`${inspectLines(inspection, style).join('\n')}\n`);
}
