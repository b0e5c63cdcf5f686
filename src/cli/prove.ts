import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { UserError } from '../base/index.ts';
import { openStore } from '../base/node.ts';
import { layerSizes, openImage } from '../image/index.ts';
import { gateLines, verdictLine } from '../report/index.ts';
import { IMAGE_FORMS, registryJob } from './image-at.ts';
import { imageSummary } from './build-project.ts';
import { examples, flagsOf, planOptions, proofOptions, type PlanOptions, type ProofOptions } from './options.ts';
import { OUTPUT_FOLDER } from './output.ts';
import { openProject } from './project.ts';
import { proveImage } from './prove-image.ts';
import { refuseTwoOutputs, reportsToStdout, writeReports } from './reports.ts';
import { exitWith, interruptible } from './run-command.ts';
import { exitOf, proofJson, type Screen } from './ship-project.ts';
import { paintFor, progressOn, widthOf } from './terminal.ts';

type Options = PlanOptions & ProofOptions & { readonly image?: string };

export function define(command: Command): void {
  proofOptions(planOptions(command))
    .option('--image <ref>', `${IMAGE_FORMS} (default: what was last built into .plimsoll/image)`)
    .addHelpText(
      'after',
      examples(
        'plimsoll prove .',
        'plimsoll prove . --only sigterm,logs',
        'plimsoll prove . --image docker-archive:image.tar',
        'plimsoll prove . --image registry.example/team/app:1.2',
      ),
    )
    .action(async (path: string, options: Options) => {
      const { progress, stop } = progressOn(process.stderr);
      exitWith(await interruptible((signal) => proveLast(path, options, { progress, stop, signal })).finally(stop));
    });
}

async function proveLast(path: string, options: Options, screen: Screen): Promise<number> {
  refuseTwoOutputs(options);
  const began = performance.now();
  const project = await openProject(path, flagsOf(options));
  const ref = options.image ?? join(project.root, OUTPUT_FOLDER, 'image');
  const store = await openStore();
  try {
    const image = await openImage(ref, undefined, registryJob(store, screen)).catch((error: unknown) => {
      if (options.image !== undefined || !(error instanceof UserError)) throw error;
      throw new UserError('there is no image yet', `run \`plimsoll build ${path}\` first, or \`plimsoll ship ${path}\` for both`);
    });
    const proof = await proveImage(image, project, options, store, screen, project.lock);
    screen.stop();
    const { os, architecture } = await image.config();
    const summary = imageSummary(
      proof.digest,
      options.image ?? `oci:${relative(process.cwd(), ref)}`,
      { os, architecture },
      await layerSizes(image),
    );
    const out = reportsToStdout(options) ? process.stderr : process.stdout;
    const style = { paint: paintFor(out), width: widthOf(out) };
    if (options.json) {
      const timings = { total: Math.round(performance.now() - began) };
      process.stdout.write(`${JSON.stringify({ schema: 'plimsoll/prove/1', image: summary, timings, ...proofJson(proof) }, null, 2)}\n`);
    } else out.write(`${[...gateLines(proof.gates, style), '', verdictLine(proof, style)].join('\n')}\n`);
    await writeReports(options, project, image, summary, proof);
    return exitOf(proof);
  } finally {
    await store.close();
  }
}
