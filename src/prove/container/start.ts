import type { ImageConfig } from '../../image/index.ts';
import type { RuntimeContract } from '../../plan/index.ts';
import type { Exit, LogLine, Readiness, RunOptions } from '../../run/index.ts';
import type { Trial } from '../types.ts';
import { lastWords, outwardFailure } from './log.ts';

/** The whole start command. */
export const argvOf = ({ entrypoint, command }: Pick<RuntimeContract, 'entrypoint' | 'command'>): readonly string[] => [
  ...entrypoint,
  ...command,
];

/** The start command that an image has, else the plan's. */
export function startArgv({ config }: ImageConfig, contract: RuntimeContract): readonly string[] {
  const written = [...(config?.Entrypoint ?? []), ...(config?.Cmd ?? [])];
  return written.length > 0 ? written : argvOf(contract);
}

/** The Python that a start command runs: its own word, else the one on PATH. */
export const interpreterOf = (argv: readonly string[]): string => argv.find((word) => /(^|\/)python(3(\.\d+)?)?$/.test(word)) ?? 'python3';

/** A service that starts with a writable root only is measured with one: the gate `read-only-root` has said so. */
export const rootFor = (trial: Trial): Partial<RunOptions> => (trial.best.readOnlyRoot ? {} : { readOnlyRoot: false });

export function exitText(exit: Exit): string {
  return exit.signal === null ? `exit ${exit.code}` : `killed by ${exit.signal}`;
}

/** Why a service did not become ready, in one sentence. */
export function whyNotReady(readiness: Extract<Readiness, { ready: false }>, logs: readonly LogLine[]): string {
  const outward = outwardFailure(logs);
  const said = lastWords(logs);
  const how = readiness.exit
    ? `it ended after ${Math.round(readiness.exit.atMs)} ms (${exitText(readiness.exit)})`
    : `${readiness.why} after ${Math.round(readiness.afterMs)} ms`;
  if (outward) return `a connection outward failed, and the proof's network is closed: \`${outward.text.trim()}\`; ${how}`;
  return said === undefined ? `${how}, and it printed nothing` : `${how}: \`${said}\``;
}
