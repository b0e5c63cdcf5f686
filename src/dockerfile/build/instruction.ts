import { isInstruction } from '../arguments.ts';
import type { Arguments, Instruction } from '../syntax.ts';
import { trimSpace } from '../text.ts';
import { flagProblem, flagValue, flagValues } from './flags.ts';
import { parseDuration, parseInteger } from './go-values.ts';
import { heredocOnly } from '../heredoc.ts';
import { deviceProblem, parseMount } from './mounts.ts';
import { refusal, type Refusal } from './refusal.ts';

/** The words after keyword and flags as BuildKit counts them. */
export function wordsOf(args: Arguments): readonly string[] {
  switch (args.form) {
    case 'none':
      return [];
    case 'exec':
    case 'words':
      return args.words.map((word) => word.text);
    case 'text':
      return [args.word.text];
    case 'pairs':
      return args.pairs.flatMap((pair) => [pair.name, pair.value]);
    case 'health':
      return [args.kind.text, ...wordsOf(args.command)];
    case 'trigger':
      return [args.instruction.keyword, ...wordsOf(args.instruction.args)];
  }
}

/** The name and the value that a word of ARG declares. */
export function declaration(word: string): { readonly name: string; readonly value: string | undefined } {
  const equals = word.indexOf('=');
  return equals === -1 ? { name: word, value: undefined } : { name: word.slice(0, equals), value: word.slice(equals + 1) };
}

/** The name in lower case that FROM gives its stage; undefined where it gives none. */
export function stageName({ args }: Instruction): string | undefined {
  const words = wordsOf(args);
  return words.length === 3 && words[1]?.toUpperCase() === 'AS' ? words[2]?.toLowerCase() : undefined;
}

/** What is wrong with an instruction by itself (instructions/parse.go); undefined when BuildKit takes it. */
export function instructionProblem(instruction: Instruction): Refusal | undefined {
  const { name, flags } = instruction;
  if (!isInstruction(name)) {
    const written = instruction.keyword;
    return refusal(
      'unknown-instruction',
      `\`${written}\` is no instruction`,
      `if it belongs to the line before, end that with a backslash`,
    );
  }
  // HEALTHCHECK NONE and these two never look at their flags.
  const looksAtFlags = name !== 'STOPSIGNAL' && name !== 'ARG' && !(name === 'HEALTHCHECK' && isNone(instruction));
  return (looksAtFlags ? flagProblem(name, flags) : undefined) ?? checks[name]?.(instruction);
}

const isNone = ({ args }: Instruction): boolean => args.form === 'health' && args.kind.text.toUpperCase() === 'NONE';

const needsArgument = ({ name, args }: Instruction): Refusal | undefined =>
  wordsOf(args).length === 0 ? refusal('no-argument', `${name} has no argument`, `write what ${name} is to do, or take it out`) : undefined;

function needsName(instruction: Instruction): Refusal | undefined {
  const { name, args } = instruction;
  const blank = args.form === 'pairs' ? args.pairs.some((pair) => pair.name === '') : wordsOf(args).some((word) => word.startsWith('='));
  return (
    needsArgument(instruction) ??
    (blank ? refusal('blank-name', `${name} has a value and no name`, `write \`${name} NAME=value\``) : undefined)
  );
}

function copyProblem({ name, args }: Instruction): Refusal | undefined {
  const words = wordsOf(args);
  if (words.length < 2)
    return refusal('no-destination', `${name} needs a source and a destination`, `write \`${name} source destination\``);
  return heredocOnly(words.at(-1) ?? '')
    ? refusal('heredoc-destination', `the destination of ${name} is a heredoc`, 'add the path of the file after it')
    : undefined;
}

function fromProblem({ args }: Instruction): Refusal | undefined {
  const words = wordsOf(args);
  if (words.length !== 1 && (words.length !== 3 || words[1]?.toUpperCase() !== 'AS')) {
    return refusal('bad-from', 'FROM takes an image, and `AS` with a name', 'write `FROM image AS name`');
  }
  const stage = words[2]?.toLowerCase();
  return stage === undefined || /^[a-z][a-z0-9-_.]*$/.test(stage)
    ? undefined
    : refusal(
        'bad-stage-name',
        `\`${words[2]}\` cannot name a stage`,
        'begin with a letter, and go on with letters, digits, `-`, `_` and `.`',
      );
}

function healthProblem(instruction: Instruction): Refusal | undefined {
  const { args, flags } = instruction;
  if (args.form !== 'health') return needsArgument(instruction);
  const kind = args.kind.text.toUpperCase();
  const words = wordsOf(args.command);
  if (kind === 'NONE')
    return words.length > 0 ? refusal('bad-healthcheck', 'HEALTHCHECK NONE takes nothing more', 'take the rest out') : undefined;
  if (kind !== 'CMD')
    return refusal('bad-healthcheck', `\`${args.kind.text}\` is no kind of HEALTHCHECK`, 'write `HEALTHCHECK CMD …` or `HEALTHCHECK NONE`');
  if (words.length === 0)
    return refusal('bad-healthcheck', 'HEALTHCHECK CMD has no command', 'add the command that tells whether the service is well');
  for (const name of ['interval', 'timeout', 'start-period', 'start-interval']) {
    const value = flagValue(flags, name) ?? '';
    const nanoseconds = value === '' ? 0 : parseDuration(value);
    // Shorter than a millisecond is refused; 0 means the default.
    if (nanoseconds === undefined || (nanoseconds !== 0 && nanoseconds < 1e6)) {
      return refusal('bad-duration', `\`--${name}=${value}\` is no duration of a millisecond or more`, 'write it as `30s` or `1m30s`');
    }
  }
  const retries = flagValue(flags, 'retries') ?? '';
  const count = retries === '' ? 0n : parseInteger(retries, 32);
  return count === undefined || count < 0n
    ? refusal('bad-retries', `\`--retries=${retries}\` is no count`, 'write it as `--retries=3`')
    : undefined;
}

function runProblem({ flags }: Instruction): Refusal | undefined {
  for (const value of flagValues(flags, 'mount')) {
    const mount = parseMount(value);
    if ('code' in mount) return mount;
  }
  const network = flagValue(flags, 'network') ?? 'default';
  if (!['default', 'none', 'host'].includes(network)) {
    return refusal('bad-flag-value', `\`${network}\` is no network`, 'write `--network=none`, `host` or `default`');
  }
  const security = flagValue(flags, 'security') ?? 'sandbox';
  if (!['insecure', 'sandbox'].includes(security)) {
    return refusal('bad-flag-value', `\`--security=${security}\` is not known`, 'write `--security=sandbox` or `insecure`');
  }
  for (const value of flagValues(flags, 'device')) {
    const problem = deviceProblem(value);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function shellProblem(instruction: Instruction): Refusal | undefined {
  const missing = needsArgument(instruction);
  if (missing !== undefined || instruction.args.form === 'exec') return missing;
  return refusal('shell-not-json', 'SHELL takes a JSON list', 'write it as `SHELL ["/bin/bash", "-c"]`');
}

function triggerProblem(instruction: Instruction): Refusal | undefined {
  const trigger = wordsOf(instruction.args)[0];
  if (trigger === undefined) return needsArgument(instruction);
  return ['ONBUILD', 'MAINTAINER', 'FROM'].includes(trigger.toUpperCase())
    ? refusal(
        'bad-trigger',
        `ONBUILD cannot hold ${trigger.toUpperCase()}`,
        'put that instruction into the Dockerfile that builds on this image',
      )
    : undefined;
}

function volumeProblem(instruction: Instruction): Refusal | undefined {
  return (
    needsArgument(instruction) ??
    (wordsOf(instruction.args).some((word) => trimSpace(word) === '')
      ? refusal('blank-volume', 'VOLUME has an empty path', 'name a folder, or take it out')
      : undefined)
  );
}

const checks: Readonly<Record<string, (instruction: Instruction) => Refusal | undefined>> = {
  ADD: copyProblem,
  ARG: needsName,
  COPY: copyProblem,
  ENV: needsName,
  EXPOSE: needsArgument,
  FROM: fromProblem,
  HEALTHCHECK: healthProblem,
  LABEL: needsName,
  MAINTAINER: needsArgument,
  ONBUILD: triggerProblem,
  RUN: runProblem,
  SHELL: shellProblem,
  STOPSIGNAL: needsArgument,
  USER: needsArgument,
  VOLUME: volumeProblem,
  WORKDIR: needsArgument,
};
