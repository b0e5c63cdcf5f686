import type { Command } from 'commander';
import { openStore } from '../base/node.ts';
import { buildLines } from '../report/index.ts';
import { buildProject, type BuiltImage } from './build-project.ts';
import { buildOptions, examples, flagsOf, pushOption, type BuildOptions } from './options.ts';
import { openProject } from './project.ts';
import { destinationOf, pushBuilt, type Destination } from './push.ts';
import { interruptible } from './run-command.ts';
import type { Screen } from './ship-project.ts';
import { paintFor, progressOn, widthOf } from './terminal.ts';

export function define(command: Command): void {
  pushOption(buildOptions(command))
    .addHelpText(
      'after',
      examples(
        'plimsoll build .',
        'plimsoll build . --output docker-archive:image.tar && docker load < image.tar',
        'plimsoll build . --platform linux/amd64,linux/arm64 --output oci-archive:image.tar',
        'plimsoll build . --output registry:registry.example/team/app:1.2',
      ),
    )
    .action(async (path: string, options: BuildOptions) => {
      const { progress, stop } = progressOn(process.stderr);
      const { built, pushed } = await interruptible((signal) => buildAndPush(path, options, { progress, stop, signal })).finally(stop);
      const [first] = built;
      if (!first) throw new Error('nothing was built');
      for (const note of new Set(built.flatMap((b) => b.summary.notes))) process.stderr.write(`note: ${note}\n`);
      if (options.json) printJson(first, built, pushed);
      else {
        const style = { paint: paintFor(process.stdout), width: widthOf(process.stdout) };
        const where = pushed ? [`pushed: ${pushed.says}`, pushed.name] : [first.summary.image.ref];
        process.stdout.write(`${[...built.flatMap((b) => buildLines(b.summary, style)), ...where].join('\n')}\n`);
      }
    });
}

interface Result {
  readonly built: readonly BuiltImage[];
  readonly pushed: Destination | undefined;
}

async function buildAndPush(path: string, options: BuildOptions, screen: Screen): Promise<Result> {
  const destination = destinationOf(options); // a wrong name is said before anything is built
  const project = await openProject(path, flagsOf(options));
  const store = await openStore();
  try {
    const built = await buildProject(project, options, screen.progress, screen.signal, store);
    const images = built.map(({ image }) => image);
    return { built, pushed: destination && (await pushBuilt(images, destination, store, screen)) };
  } finally {
    await store.close();
  }
}

function printJson(first: BuiltImage, built: readonly BuiltImage[], pushed: Destination | undefined): void {
  const document = {
    schema: 'plimsoll/build/1',
    ...first.summary,
    ...(pushed ? { pushed: pushed.name } : {}),
    images: built.map((b) => b.summary.image),
  };
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}
