#!/usr/bin/env node
import { exitCodeOf, explainError } from './exit.ts';

/** A command's module: it declares its options on commander's command and says what to do. Loaded when it is chosen. */
export interface CommandModule {
  readonly define: (command: import('commander').Command) => void;
}

interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<CommandModule>;
}

const commands: readonly CommandEntry[] = [
  { name: 'init', summary: 'write a Dockerfile and a .dockerignore, with the reason for each part', load: () => import('./init.ts') },
  { name: 'ship', summary: 'plan, build, check: from a repository to an image that is shown to work', load: () => import('./ship.ts') },
  { name: 'plan', summary: 'what the service is and what was decided, each with its evidence', load: () => import('./plan.ts') },
  { name: 'build', summary: 'only the image', load: () => import('./build.ts') },
  { name: 'run', summary: 'run it as the checks do, with its ports published', load: () => import('./run.ts') },
  { name: 'prove', summary: 'only the checks, on the image that was built', load: () => import('./prove.ts') },
  { name: 'lint', summary: 'what is wrong with a Dockerfile, and mend it', load: () => import('./lint.ts') },
  { name: 'compare', summary: 'two images side by side: size, contents, user, checks', load: () => import('./compare.ts') },
  { name: 'scan', summary: 'known vulnerabilities of what is in an image', load: () => import('./scan.ts') },
  { name: 'validate', summary: 'does an image keep to the OCI specification', load: () => import('./validate.ts') },
  { name: 'sbom', summary: 'what is installed in an image, as CycloneDX or SPDX', load: () => import('./sbom.ts') },
  { name: 'pin', summary: 'lock what a build takes, or move the lock to what is newest', load: () => import('./pin.ts') },
  { name: 'explain', summary: 'any check, decision or rule, in full', load: () => import('./explain.ts') },
  { name: 'doctor', summary: 'what this machine can build and run with, and how to get the rest', load: () => import('./doctor.ts') },
  { name: 'cache', summary: 'what the store holds, and how to shrink it', load: () => import('./cache.ts') },
  { name: 'completion', summary: 'tab completion for bash, zsh or fish', load: () => import('./completion.ts') },
];

function help(): string {
  const width = Math.max(...commands.map((c) => c.name.length));
  return `plimsoll turns a service's repository into a production container image, and checks by measurement that it works.

Usage: plimsoll COMMAND [OPTIONS]

${commands.map((c) => `  ${c.name.padEnd(width)}  ${c.summary}`).join('\n')}

Examples:
  plimsoll ship .                    from this folder to a checked image in .plimsoll/
  plimsoll init                      a Dockerfile for this folder, to keep and edit
  plimsoll plan . --json             the decisions, for a program
  plimsoll lint --fix --diff         what would be mended in the Dockerfiles below
  plimsoll explain sigterm           what a check measures, and why

\`plimsoll COMMAND --help\` shows a command's options with examples.
Exit codes: 0 fine; 1 what was judged is not; 2 the request is wrong; 3 this machine cannot, or something is unproven; 70 a bug.
`;
}

async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') return print(process.stdout, help());
  if (name === '--version' || name === '-V') return print(process.stdout, `${await (await import('./version.ts')).version()}\n`);
  const entry = commands.find((c) => c.name === name);
  if (!entry) {
    const { nearest } = await import('../base/nearest.ts');
    const near = nearest(
      name,
      commands.map((c) => c.name),
    );
    const hint = near === undefined ? '`plimsoll --help` lists the commands' : `did you mean \`plimsoll ${near}\`?`;
    print(process.stderr, `error: there is no command \`${name}\`\nhint: ${hint}\n`);
    return 2;
  }
  const [{ runCommand }, module] = await Promise.all([import('./run-command.ts'), entry.load()]);
  return runCommand(entry.name, entry.summary, module, rest);
}

function print(stream: NodeJS.WriteStream, text: string): number {
  stream.write(text);
  return 0;
}

// A reader that closes its end (`plimsoll plan | head`) is no error of ours.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => error.code === 'EPIPE' && process.exit(0));

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(explainError(error, process.argv.includes('--debug')));
    process.exitCode = exitCodeOf(error);
  },
);
