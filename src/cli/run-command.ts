import { Command, CommanderError } from 'commander';
import { EXIT, Interrupted } from './exit.ts';
import type { CommandModule } from './commands.ts';

/** Exit code that the command's action chose. */
let chosen: number = EXIT.fine;

/** Ends the command with this exit code, after everything is cleaned up. */
export function exitWith(code: number): void {
  chosen = code;
}

/** Parses the words of one command and runs it. Returns the exit code; throws what the command throws. */
export async function runCommand(name: string, summary: string, module: CommandModule, words: readonly string[]): Promise<number> {
  const command = new Command(`plimsoll ${name}`)
    .description(summary)
    .option('--debug', 'show the stack of an unexpected error')
    .showHelpAfterError('(`--help` shows examples)')
    .exitOverride();
  command.configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'error: ')) });
  module.define(command);
  try {
    await command.parseAsync([...words], { from: 'user' });
    return chosen;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.request;
    throw error;
  }
}

const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/**
 * Runs work that must be taken down when a signal comes. The first signal aborts; the work ends, cleans up, and
 * Interrupted is thrown. A second one ends the process at once: the kernel then takes down what is left.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let interrupted: Interrupted | undefined;
  const listeners = Object.entries(NUMBERS).map(([name, number]) => {
    const listener = (): void => {
      if (interrupted) process.exit(128 + number);
      interrupted = new Interrupted(name as NodeJS.Signals, 128 + number);
      controller.abort(interrupted);
    };
    process.on(name, listener);
    return [name, listener] as const;
  });
  try {
    const result = await work(controller.signal);
    if (interrupted) throw interrupted;
    return result;
  } catch (error) {
    throw interrupted ?? error;
  } finally {
    for (const [name, listener] of listeners) process.off(name, listener);
  }
}
