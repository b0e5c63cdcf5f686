import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { UserError } from '../base/index.ts';
import { openStore, type Store } from '../base/node.ts';
import { layerSizes, openImage, type Image, type ImageRef } from '../image/index.ts';
import type { Proof } from '../prove/index.ts';
import { besideLines, gateLines, verdictLine } from '../report/index.ts';
import { IMAGE_FORMS, registryJob } from './image-at.ts';
import { imageNamed, refuseWishes, wishOptions, type WishOptions } from './image-wishes.ts';
import { imageSummary } from './build-project.ts';
import { examples, flagsOf, planOptions, proofOptions, type PlanOptions, type ProofOptions } from './options.ts';
import { OUTPUT_FOLDER } from './output.ts';
import { openProject, type Project } from './project.ts';
import { proveImage, proveImageAlone } from './prove-image.ts';
import { REPORT_NAMES, refuseTwoOutputs, reportsToStdout, writeReports } from './reports.ts';
import { exitWith, interruptible } from './run-command.ts';
import { exitOf, proofJson, type Screen } from './ship-project.ts';
import { paintFor, progressOn, widthOf } from './terminal.ts';

type Options = PlanOptions &
  ProofOptions &
  WishOptions & { readonly image?: string; readonly discover?: boolean; readonly write?: boolean };

export function define(command: Command): void {
  wishOptions(proofOptions(planOptions(command, undefined, `the folder that holds the service; or an image alone: ${IMAGE_FORMS}`)))
    .option('--image <ref>', `the folder’s service in another image than what was last built into .plimsoll/image: ${IMAGE_FORMS}`)
    .option('--discover', 'run it with a writable root, and propose the writable paths, variables and memory limit that it needs')
    .option('--write', 'with `--discover`: change plimsoll.yaml, and the files that `init` wrote')
    .addHelpText(
      'after',
      examples(
        'plimsoll prove .',
        'plimsoll prove . --only sigterm,logs',
        'plimsoll prove . --discover           what it writes, reads and takes, as a change of plimsoll.yaml',
        'plimsoll prove . --image docker-archive:image.tar',
        'plimsoll prove registry.example/team/app:1.2 --health /health',
        'plimsoll prove docker:app:1 --writable /var/cache/app --budget "80 MB"',
        'plimsoll prove docker:app:1 --only no-secrets --allow-secret "/app/tests/*.pem=sign for localhost"',
      ),
    )
    .action(async (path: string, options: Options) => {
      const { progress, stop } = progressOn(process.stderr);
      refuseTwoOutputs(options);
      refuseAside(options);
      const proved = async (signal: AbortSignal): Promise<number> => {
        const screen = { progress, stop, signal };
        const image = await imageNamed(path);
        return image ? proveAlone(path, image, options, screen) : proveLast(path, options, screen);
      };
      exitWith(await interruptible(proved).finally(stop));
    });
}

/** What would do nothing is not taken silently. */
function refuseAside(options: Options): void {
  if (options.write === true && options.discover !== true)
    throw new UserError('`--write` writes what `--discover` finds', 'add `--discover`, or leave `--write` out');
  const [report] = options.discover === true ? REPORT_NAMES.filter((name) => options[name] !== undefined) : [];
  if (report !== undefined)
    throw new UserError(`\`--${report}\` is a report of the checks, and \`--discover\` measures none`, 'leave one of them out');
}

async function proveLast(path: string, options: Options, screen: Screen): Promise<number> {
  const began = performance.now();
  refuseWishes(options);
  const project = await openProject(path, flagsOf(options));
  const ref = options.image ?? join(project.root, OUTPUT_FOLDER, 'image');
  return withStore(async (store) => {
    const image = await openImage(ref, undefined, registryJob(store, screen)).catch((error: unknown) => {
      if (options.image !== undefined || !(error instanceof UserError)) throw error;
      throw new UserError('there is no image yet', `run \`plimsoll build ${path}\` first, or \`plimsoll ship ${path}\` for both`);
    });
    if (options.discover === true) return (await import('./discover.ts')).discoverIn(image, project, options, store, screen);
    const proof = await proveImage(image, project, options, store, screen, project.lock);
    const shown = options.image ?? `oci:${relative(process.cwd(), ref)}`;
    return told({ image, ref: shown, proof, of: project, began }, options, screen);
  });
}

/** Of an image whose repository is not at hand: what its config says, and what the options add. */
async function proveAlone(name: string, ref: ImageRef, options: Options, screen: Screen): Promise<number> {
  const began = performance.now();
  if (options.discover === true)
    throw new UserError(
      `\`${name}\` is an image, and \`--discover\` changes a repository’s plimsoll.yaml`,
      'name the folder of the service',
    );
  if (options.image !== undefined)
    throw new UserError(
      `\`${name}\` is an image, and \`--image\` names another one`,
      'name the folder of the service, or leave `--image` out',
    );
  return withStore(async (store) => {
    const image = await openImage(ref, undefined, registryJob(store, screen));
    const proof = await proveImageAlone(image, options, store, screen);
    return told({ image, ref: name, proof, of: name, began }, options, screen);
  });
}

async function withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore();
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

interface Told {
  readonly image: Image;
  readonly ref: string;
  readonly proof: Proof;
  readonly of: Project | string;
  readonly began: number;
}

/** Says what was found, in the form that was asked for. Returns the exit code. */
async function told({ image, ref, proof, of, began }: Told, options: Options, screen: Screen): Promise<number> {
  screen.stop();
  const { os, architecture } = await image.config();
  const summary = imageSummary(proof.digest, ref, { os, architecture }, await layerSizes(image));
  const out = reportsToStdout(options) ? process.stderr : process.stdout;
  const style = { paint: paintFor(out), width: widthOf(out) };
  if (options.json) {
    const timings = { total: Math.round(performance.now() - began) };
    process.stdout.write(`${JSON.stringify({ schema: 'plimsoll/prove/1', image: summary, timings, ...proofJson(proof) }, null, 2)}\n`);
  } else out.write(`${[...gateLines(proof.gates, style), ...besideLines(proof, style), '', verdictLine(proof, style)].join('\n')}\n`);
  await writeReports(options, of, image, summary, proof);
  return exitOf(proof);
}
