#!/usr/bin/env node
import { commands } from './commands.ts';
import { exitCodeOf, explainError } from './exit.ts';

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
