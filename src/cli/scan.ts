import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { errorCode, UserError } from '../base/index.ts';
import { openStore } from '../base/node.ts';
import { openToLook, type Image, type ImageRef } from '../image/index.ts';
import { scanLines } from '../report/index.ts';
import { osvEcosystems, THRESHOLDS, TOOLS, totalsOf, updateDatabase, writeVex } from '../scan/index.ts';
import { EXIT } from './exit.ts';
import { IMAGE_FORMS, registryJob } from './image-at.ts';
import { imageNamed } from './image-wishes.ts';
import { examples } from './options.ts';
import { OUTPUT_FOLDER } from './output.ts';
import { openProject, type Project } from './project.ts';
import { exitWith, interruptible } from './run-command.ts';
import { databaseFolder, PERSON_WAITS_MS, scanImage, scannedOf, type ScanWishes, type ScanWork } from './scan-image.ts';
import { scanJson } from './scan-json.ts';
import type { Screen } from './ship-project.ts';
import { paintFor, progressOn, widthOf } from './terminal.ts';
import { version } from './version.ts';

interface Options extends ScanWishes {
  readonly image?: string;
  readonly updateDatabase?: boolean;
  readonly vex?: string;
  readonly json?: boolean;
}

const repeated = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

export function define(command: Command): void {
  command
    .argument('[path]', `the folder of a service, whose last image and plimsoll.yaml are taken; or an image alone: ${IMAGE_FORMS}`, '.')
    .option('--image <ref>', 'the folder’s service in another image than what was last built into .plimsoll/image')
    .addOption(new Option('--fail-on <severity>', 'the severity from which on a vulnerability counts (default: any)').choices(THRESHOLDS))
    .option('--ignore-unfixed', 'what nobody has fixed is told and does not count')
    .option('--allow-unknown', 'packages that no source answered for are told and let through')
    .option('--offline', 'ask nobody: only a database on this disk')
    .option('--database <path>', 'a folder or zip archive of OSV documents, in place of all other sources')
    .option('--update-database', 'fetch it first, from `scan.databaseFrom` in plimsoll.yaml')
    .option('--osv <address>', 'a service that speaks OSV’s API')
    .addOption(new Option('--with <scanner>', 'a scanner of others that is installed here, in place of all sources').choices(TOOLS))
    .option('--apply-vex <file>', 'a VEX document (OpenVEX, CycloneDX): what is not affected does not count; repeatable', repeated)
    .option('--vex <file>', 'write what was found as an OpenVEX document')
    .option('--json', 'one JSON document on standard output, nothing else there')
    .addHelpText(
      'after',
      `${examples(
        'plimsoll scan .                                   what was built last, by plimsoll.yaml',
        'plimsoll scan registry.example/team/app:1.2 --fail-on high',
        'plimsoll scan . --update-database && plimsoll scan . --offline',
        'plimsoll scan . --apply-vex vex.json --vex out.json',
        'plimsoll scan docker-archive:image.tar --with trivy',
      )}\nExit codes: 1 something counts; 3 something is unknown, and was not allowed to be; 0 every package was answered for.\n`,
    )
    .action(async (path: string, options: Options) => {
      const { progress, stop } = progressOn(process.stderr);
      exitWith(await interruptible((signal) => scanned(path, options, { progress, stop, signal })).finally(stop));
    });
}

async function scanned(path: string, options: Options, screen: Screen): Promise<number> {
  const ref = await imageNamed(path);
  if (ref && options.image !== undefined)
    throw new UserError(
      `\`${path}\` is an image, and \`--image\` names another one`,
      'name the folder of the service, or leave `--image` out',
    );
  const project = ref ? undefined : await openProject(path, {});
  const named = ref ?? options.image ?? join(project?.root ?? '.', OUTPUT_FOLDER, 'image');
  const store = await openStore();
  try {
    const image = await opened(named, path, options, registryJob(store, screen));
    return await told(image, ref ? path : (options.image ?? path), project, options, {
      store,
      screen,
      forMs: 0,
      withinMs: PERSON_WAITS_MS,
    });
  } finally {
    await store.close();
  }
}

const opened = (named: string | ImageRef, path: string, { image }: Options, registry: Parameters<typeof openToLook>[2]): Promise<Image> =>
  openToLook(named, undefined, registry).catch((error: unknown) => {
    if (typeof named !== 'string' || image !== undefined || !(error instanceof UserError)) throw error;
    throw new UserError('there is no image yet', `run \`plimsoll build ${path}\` first, or name an image`);
  });

/** SOURCE_DATE_EPOCH, where it is set: reproducible-builds.org, whole seconds. */
function timeOf(nowMs: number): string {
  const epoch = process.env['SOURCE_DATE_EPOCH'];
  if (epoch === undefined || epoch === '') return new Date(nowMs).toISOString();
  if (!/^\d{1,11}$/.test(epoch))
    throw new UserError(
      `SOURCE_DATE_EPOCH is no number of seconds: ${epoch.slice(0, 40)}`,
      'unset it, or `export SOURCE_DATE_EPOCH=$(date +%s)`',
    );
  return new Date(Number(epoch) * 1000).toISOString();
}

const put = (file: string, text: string): Promise<void> =>
  writeFile(file, text).catch((error: unknown) => {
    throw new UserError(
      `\`--vex ${file}\` cannot be written (${errorCode(error) ?? 'unknown'})`,
      'name a file in a folder that you may write to',
    );
  });

async function told(image: Image, ref: string, project: Project | undefined, options: Options, work: ScanWork): Promise<number> {
  const wishes = options.updateDatabase === true ? await updated(image, project, options, work) : options;
  const { scan, judgement, policy } = await scanImage(image, project, wishes, work);
  work.screen.stop();
  const report = { scan, judgement, totals: totalsOf(scan, judgement), nowMs: policy.nowMs };
  const digest = await image.digest();
  if (options.vex !== undefined) {
    const author = `plimsoll ${await version()}`;
    const name = project ? { name: project.config.name ?? project.plan.service.name.value } : {};
    await put(options.vex, writeVex(judgement.findings, { digest, at: timeOf(policy.nowMs), author, ...name }));
  }
  if (options.json) process.stdout.write(`${JSON.stringify(scanJson(ref, digest, policy, report), null, 2)}\n`);
  else process.stdout.write(`${scanLines(report, { paint: paintFor(process.stdout), width: widthOf(process.stdout) }).join('\n')}\n`);
  return judgement.verdict === 'clear' ? EXIT.fine : judgement.verdict === 'vulnerable' ? EXIT.unfit : EXIT.machine;
}

/** Fetches the archives for what is in this image, which are then what is asked. */
async function updated(image: Image, project: Project | undefined, options: Options, { screen, withinMs }: ScanWork): Promise<ScanWishes> {
  const from = project?.config.scan?.databaseFrom;
  if (from === undefined)
    throw new UserError(
      'nobody says where the database is to be fetched from',
      'set `scan.databaseFrom` in plimsoll.yaml to the address of OSV’s archives, with `{ecosystem}` in it: docs/scan.md',
    );
  const database = options.database ?? databaseFolder();
  const { packages } = await scannedOf(image, project);
  await updateDatabase(database, from, osvEcosystems(packages), { nowMs: Date.now(), withinMs, signal: screen.signal });
  return { ...options, database };
}
