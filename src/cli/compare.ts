import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { errorCode, maskedWords, UserError } from '../base/index.ts';
import { openStore } from '../base/node.ts';
import {
  fileChanges,
  folderChanges,
  openImage,
  openToLook,
  packageChanges,
  settingChanges,
  summariesOf,
  type Image,
  type ImageSummary,
} from '../image/index.ts';
import type { GateResult } from '../prove/index.ts';
import { compareHtml, compareLines, compareMarkdown, compareRows, regressionsOf, type Comparison, type Side } from '../report/index.ts';
import { EXIT } from './exit.ts';
import { IMAGE_FORMS, withImage } from './image-at.ts';
import { examples, gateOptions, type ProofOptions } from './options.ts';
import { openProject, type Project } from './project.ts';
import { proveImage, proveImageAlone } from './prove-image.ts';
import { refuseTwoOutputs, writeReport } from './reports.ts';
import { exitWith, interruptible } from './run-command.ts';
import { gatesJson, type Screen } from './ship-project.ts';
import { paintFor, progressOn, widthOf } from './terminal.ts';
import { version } from './version.ts';

interface Options extends ProofOptions {
  readonly service?: string;
  readonly prove?: true;
  readonly scan?: true;
  /** A share: 0.05 is 5 %. */
  readonly tolerance: number;
  readonly failOn: 'regression' | 'none';
  readonly dockerfiles?: readonly [string, string];
  readonly builds?: readonly [string, string];
  readonly json?: boolean;
}

export function define(command: Command): void {
  gateOptions(command)
    .argument('<before>', IMAGE_FORMS)
    .argument('<after>', 'the same')
    .option('--prove', 'both images are checked as `plimsoll prove IMAGE` does: checks and times are compared too')
    .option('--service <path>', 'the same with what the service’s repository says of it: its values, probes and companions')
    .option('--scan', 'known vulnerabilities are looked for in both, as `plimsoll scan` does, and compared too')
    .option('--tolerance <percent>', 'by how much sizes may grow; times may by a quarter at least', share, 0.05)
    .addOption(
      new Option('--fail-on <what>', 'whether what got worse ends with exit code 1').choices(['regression', 'none']).default('regression'),
    )
    .option('--dockerfiles <before,after>', 'two Dockerfiles: what the linter finds in them is compared too', pair('--dockerfiles'))
    .option(
      '--builds <before,after>',
      'what `build --json` or `ship --json` printed of each: build times are compared too',
      pair('--builds'),
    )
    .option('--html <file>', 'also write it as one page, to show people (`-`: standard output)')
    .option('--markdown <file>', 'also write it as Markdown, for a pull request (`-`: standard output)')
    .option('--json', 'one JSON document on standard output, nothing else there')
    .addHelpText(
      'after',
      examples(
        'plimsoll compare docker-archive:old.tar .plimsoll/image',
        'plimsoll compare registry.example/team/app:1.1 .plimsoll/image',
        'plimsoll compare oci:before oci:after --prove --tolerance 2      exit code 1 where the second is worse',
        'plimsoll compare oci:before oci:after --service . --markdown comparison.md',
        'plimsoll compare oci:before oci:after --fail-on none --html comparison.html',
        'plimsoll compare oci:before oci:after --dockerfiles Dockerfile.before,Dockerfile',
        'plimsoll compare oci:before oci:after --builds before.json,after.json',
      ),
    )
    .action(async (before: string, after: string, options: Options) => {
      refuseTwoOutputs(options);
      const { progress, stop } = progressOn(process.stderr);
      exitWith(await interruptible((signal) => compare(before, after, options, { progress, stop, signal })).finally(stop));
    });
}

function share(value: string): number {
  if (!/^\d{1,4}(?:\.\d+)?$/.test(value)) throw new InvalidArgumentError('Write percent: `5`.');
  return Number(value) / 100;
}

const pair =
  (option: string) =>
  (value: string): readonly [string, string] => {
    const [before, after, ...more] = value.split(',');
    if (!before || !after || more.length > 0)
      throw new UserError(`\`${option} ${value}\` names not two files`, `write \`${option} BEFORE,AFTER\``);
    return [before, after];
  };

async function compare(beforeRef: string, afterRef: string, options: Options, screen: Screen): Promise<number> {
  const project = options.service === undefined ? undefined : await openProject(options.service, {});
  const comparison = await withBoth(beforeRef, afterRef, options.prove === true || project !== undefined, screen, async (old, fresh) => {
    const [was, is] = await summariesOf(old, fresh);
    const before = await side({ ref: beforeRef, at: 0, image: old, summary: was }, project, options, screen);
    const after = await side({ ref: afterRef, at: 1, image: fresh, summary: is }, project, options, screen);
    return {
      before,
      after,
      settings: settingChanges(was, is),
      files: fileChanges(was, is),
      folders: folderChanges(was, is),
      packages: packageChanges(was, is),
      regressions: regressionsOf({ before, after }, options.tolerance),
    };
  });
  screen.stop();
  await show(comparison, options);
  return options.failOn === 'regression' && comparison.regressions.length > 0 ? EXIT.unfit : EXIT.fine;
}

async function show(comparison: Comparison, options: Options): Promise<void> {
  const { html, markdown, json } = options;
  if (html !== undefined) await writeReport('html', html, compareHtml(comparison, { at: new Date(), version: await version() }));
  if (markdown !== undefined) await writeReport('markdown', markdown, compareMarkdown(comparison));
  if (json) process.stdout.write(`${JSON.stringify(jsonOf(comparison), null, 2)}\n`);
  const out = html === '-' || markdown === '-' ? process.stderr : process.stdout;
  if (!json) out.write(`${compareLines(comparison, { paint: paintFor(out), width: widthOf(out) }).join('\n')}\n`);
}

/** Both are open at once, for what they share is read once. Who proves an image needs all of it; else it is looked through. */
async function withBoth(
  before: string,
  after: string,
  isProven: boolean,
  screen: Screen,
  work: (before: Image, after: Image) => Promise<Comparison>,
): Promise<Comparison> {
  const open = isProven ? openImage : openToLook;
  const opened = (text: string, then: (image: Image) => Promise<Comparison>): Promise<Comparison> =>
    withImage(text, screen, async (ref, registry) => {
      screen.progress({ task: 'reading', detail: text });
      return then(await open(ref, undefined, registry));
    });
  return opened(before, (old) => opened(after, (fresh) => work(old, fresh)));
}

interface Named {
  readonly ref: string;
  readonly at: 0 | 1;
  readonly image: Image;
  readonly summary: ImageSummary;
}

async function side({ ref, at, image, summary }: Named, project: Project | undefined, options: Options, screen: Screen): Promise<Side> {
  const dockerfile = options.dockerfiles?.[at];
  const build = options.builds?.[at];
  return {
    ref,
    image: summary,
    ...(build === undefined ? {} : { builtMs: await builtMs(build, ref, summary.digest) }),
    ...(dockerfile === undefined ? {} : { findings: await findingsIn(dockerfile) }),
    ...(options.scan === true ? { vulnerabilities: await vulnerabilitiesOf(image, summary, project, screen) } : {}),
    ...(project === undefined && options.prove !== true ? {} : { gates: await gatesOf(image, project, options, screen) }),
  };
}

async function vulnerabilitiesOf(
  image: Image,
  { installed }: ImageSummary,
  project: Project | undefined,
  screen: Screen,
): Promise<NonNullable<Side['vulnerabilities']>> {
  const { PERSON_WAITS_MS, scanImage } = await import('./scan-image.ts');
  const store = await openStore();
  try {
    const { scan, judgement } = await scanImage(
      image,
      project,
      {},
      {
        store,
        screen,
        forMs: 0,
        withinMs: PERSON_WAITS_MS,
        installed,
      },
    );
    return {
      known: judgement.findings.filter(({ counts }) => counts),
      unknownPackages: scan.packages.filter(({ status }) => status === 'unknown').length,
    };
  } finally {
    await store.close();
  }
}

/** By the account of the build that made this very image. */
async function builtMs(path: string, ref: string, digest: string): Promise<number> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new UserError(`${path} cannot be read (${errorCode(error) ?? 'unknown'})`, BUILDS);
  });
  const { schema, image, timings } = parsed(text);
  const total = timings?.total;
  if (!/^plimsoll\/(build|ship)\//.test(schema ?? '') || typeof total !== 'number')
    throw new UserError(`${path} is not what a build printed`, BUILDS);
  if (image?.digest !== digest) throw new UserError(`${path} is of another image than ${ref}: ${image?.digest}, not ${digest}`, BUILDS);
  return total;
}

const BUILDS = 'name what `plimsoll build --json` or `plimsoll ship --json` printed when it made the image';

interface Printed {
  readonly schema?: string;
  readonly image?: { readonly digest?: string };
  readonly timings?: { readonly total?: number };
}

function parsed(text: string): Printed {
  try {
    return (JSON.parse(text) as Printed | null) ?? {};
  } catch {
    return {};
  }
}

async function findingsIn(path: string): Promise<number> {
  const { lint } = await import('../lint/index.ts');
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new UserError(`${path} cannot be read (${errorCode(error) ?? 'unknown'})`, 'name two Dockerfiles');
  });
  const { findings, problems } = lint(text, { preset: 'recommended' });
  return findings.length + problems.length;
}

async function gatesOf(image: Image, project: Project | undefined, options: Options, screen: Screen): Promise<readonly GateResult[]> {
  const store = await openStore();
  try {
    if (!project) return (await proveImageAlone(image, options, store, screen)).gates;
    // Which Dockerfile made which of the two is for `--dockerfiles` to say.
    const skip = [...(options.skip ?? []), 'lint'];
    return (await proveImage(image, project, { ...options, skip }, store, screen, project.lock)).gates;
  } finally {
    await store.close();
  }
}

const jsonOf = (comparison: Comparison): unknown => ({
  schema: 'plimsoll/compare/1',
  before: sideJson(comparison.before),
  after: sideJson(comparison.after),
  rows: compareRows(comparison),
  settings: comparison.settings,
  files: comparison.files,
  folders: comparison.folders,
  packages: comparison.packages,
  regressions: comparison.regressions,
});

function sideJson({ ref, image, findings, builtMs, gates, vulnerabilities }: Side): unknown {
  const { digest, platform, size, layers, files, user, entrypoint, command, setuid, tools } = image;
  return {
    ref,
    digest,
    platform,
    size,
    layers,
    files,
    user,
    entrypoint: maskedWords(entrypoint),
    command: maskedWords(command),
    setuid,
    tools,
    ...(findings === undefined ? {} : { findings }),
    ...(builtMs === undefined ? {} : { builtMs }),
    ...(gates === undefined ? {} : { gates: gatesJson(gates) }),
    ...(vulnerabilities === undefined
      ? {}
      : {
          vulnerabilities: {
            known: vulnerabilities.known.map(
              ({
                advisory,
                result: {
                  package: { ecosystem, name, version },
                },
              }) => ({
                id: advisory.id,
                package: `${ecosystem} ${name}`,
                version,
                ...(advisory.fixed === undefined ? {} : { fixed: advisory.fixed }),
              }),
            ),
            unknownPackages: vulnerabilities.unknownPackages,
          },
        }),
  };
}
