import { readFile, writeFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import { errorCode, UserError } from '../base/index.ts';
import { openToLook } from '../image/index.ts';
import { contentsOf, SBOM_FORMATS, type Archives, type Component, type Contents } from '../sbom/index.ts';
import { EXIT } from './exit.ts';
import { IMAGE_FORMS, withImage } from './image-at.ts';
import { examples, platformOption } from './options.ts';
import { exitWith, interruptible } from './run-command.ts';
import { progressOn } from './terminal.ts';
import { version } from './version.ts';
import type { Platform } from '../image/index.ts';

interface Options {
  readonly format: keyof typeof SBOM_FORMATS;
  readonly output?: string;
  readonly lock?: string;
  readonly platform?: readonly Platform[];
  readonly json?: boolean;
}

export function define(command: Command): void {
  platformOption(command, 'this machine’s')
    .argument('<image>', IMAGE_FORMS)
    .addOption(new Option('--format <name>', 'CycloneDX 1.6 or SPDX 2.3, as JSON').choices(Object.keys(SBOM_FORMATS)).default('cyclonedx'))
    .option('--output <file>', 'where it is written (default: standard output)')
    .option('--lock <file>', 'plimsoll.lock of the build: hashes of the archives that packages came in')
    .option('--json', 'the packages as one JSON document of Plimsoll’s own, instead')
    .addHelpText(
      'after',
      examples(
        'plimsoll sbom .plimsoll/image --lock plimsoll.lock --output sbom.cdx.json',
        'plimsoll sbom docker-archive:image.tar --format spdx',
        'plimsoll sbom registry.example/team/app:1.2 --json',
      ),
    )
    .action(async (image: string, options: Options) => {
      const { progress, stop } = progressOn(process.stderr);
      const contents = await interruptible((signal) =>
        withImage(image, { progress, signal }, async (ref, registry) => {
          const [platform, another] = options.platform ?? [];
          if (another) throw new UserError('an SBOM is of one image, and `--platform` names several', 'name one platform');
          const opened = await openToLook(ref, platform, registry);
          return contentsOf(opened, image, await archivesFrom(options.lock, (await opened.config()).architecture));
        }),
      ).finally(stop);
      const text = options.json
        ? `${JSON.stringify(jsonOf(contents), null, 2)}\n`
        : SBOM_FORMATS[options.format].write(contents, await version());
      await put(text, options.output);
      process.stderr.write(`${summaryOf(contents, options)}\n`);
      exitWith(EXIT.fine);
    });
}

async function archivesFrom(file: string | undefined, architecture: string): Promise<Archives> {
  if (file === undefined) return new Map();
  const { parseLock } = await import('../build/index.ts');
  const { archivesOf } = await import('./archives.ts');
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UserError(`\`--lock ${file}\` cannot be read (${errorCode(error) ?? 'unknown'})`, 'name the plimsoll.lock of the service');
  });
  return archivesOf(parseLock(text, file), architecture);
}

async function put(text: string, file: string | undefined): Promise<void> {
  if (file === undefined || file === '-') return void process.stdout.write(text);
  await writeFile(file, text).catch((error: unknown) => {
    throw new UserError(
      `\`--output ${file}\` cannot be written (${errorCode(error) ?? 'unknown'})`,
      'name a file in a folder that you may write to',
    );
  });
}

const ECOSYSTEMS = { debian: 'Debian', alpine: 'Alpine', rpm: 'RPM', python: 'Python', npm: 'npm' } as const;

/** For people: how many of what, and what was left out. */
function summaryOf({ components, unread }: Contents, { format, output, json }: Options): string {
  const counts = Object.entries(ECOSYSTEMS).flatMap(([id, title]) => {
    const count = components.filter((it) => it.package.ecosystem === id).length;
    return count === 0 ? [] : [`${count} of ${title}`];
  });
  const where = output === undefined || output === '-' ? '' : `${output}: `;
  const what = json ? '' : ` (${SBOM_FORMATS[format].says})`;
  return [
    `${where}${counts.length === 0 ? 'no package' : `packages: ${counts.join(', ')}`}${what}`,
    ...unread.map(({ path, why }) => `note: /${path} is left out: ${why}`),
  ].join('\n');
}

const licencesOf = ({ licences }: Component): readonly string[] =>
  licences.map((it) => (it.kind === 'expression' ? it.expression : it.text));

const jsonOf = ({ image, components, unread }: Contents): unknown => ({
  schema: 'plimsoll/sbom/1',
  image: image.name,
  digest: image.digest,
  packages: components.map((it) => {
    const { ecosystem, name, version: of, purl, layer, path } = it.package;
    return { ecosystem, name, version: of, purl, licences: licencesOf(it), layer: layer + 1, path };
  }),
  unread,
});
