import { parse, stageName, wordsOf, type Instruction } from '../dockerfile/index.ts';
import type { ImageConfig } from '../image/index.ts';
import { instructionOf } from './instruction.ts';
import type { Line } from './types.ts';

/** A Dockerfile that may have made the image. */
export interface DockerfileSource {
  /** As reports name it. */
  readonly path: string;
  readonly text: string;
}

export interface Lines {
  /** By index of the layer; absent where the base brought it. */
  readonly byLayer: ReadonlyMap<number, Line>;
  /** Whether the image is of this Dockerfile: each of its RUNs stands in the history, in this order. */
  readonly made: boolean;
}

type History = NonNullable<ImageConfig['history']>;

/** Words in common that two texts of one instruction have at least: variables and checksums differ. */
const ALIKE = 0.5;
/** Instructions and steps beyond this are left without a line. */
const MOST = 1000;

/**
 * Says which line of a Dockerfile made each layer: instructions of the last stage, and of the stages that it stands on,
 * laid beside the image's history so that most of their words agree, in order. What the base brought stays without.
 */
export function linesOf(history: History, layers: number, { path, text }: DockerfileSource): Lines {
  const steps = history.slice(-MOST).map((step) => wordsIn(instructionOf(step.created_by)));
  const instructions = stageInstructions(text).slice(-MOST);
  const pairs = aligned(
    instructions.map((it) => wordsIn(textOf(it))),
    steps,
  );
  const layerOf = layerNumbers(history, layers).slice(-MOST);
  const byLayer = new Map<number, Line>();
  for (const [at, step] of pairs) {
    const layer = layerOf[step];
    const { startLine, endLine } = instructions[at]!;
    if (layer !== undefined) byLayer.set(layer, { file: path, line: startLine, endLine });
  }
  const runs = instructions.flatMap(({ name }, index) => (name === 'RUN' || name === 'COPY' ? [index] : []));
  return { byLayer, made: runs.length > 0 && runs.every((index) => pairs.has(index)) };
}

/** For each step of the history the index of the layer that it made; none where the two do not fit together. */
function layerNumbers(history: History, layers: number): readonly (number | undefined)[] {
  let next = 0;
  const numbers = history.map((step) => (step.empty_layer ? undefined : next++));
  return next === layers ? numbers : [];
}

/** The instructions that the image is made of, in order: those of the last stage after those of stages that it stands on. */
function stageInstructions(text: string): readonly Instruction[] {
  const stages: { readonly name: string | undefined; readonly base: string; readonly body: Instruction[] }[] = [];
  for (const instruction of parse(text).instructions) {
    if (instruction.name === 'FROM')
      stages.push({ name: stageName(instruction), base: (wordsOf(instruction.args)[0] ?? '').toLowerCase(), body: [] });
    else if (instruction.name !== 'ONBUILD' && instruction.name !== 'ARG') stages.at(-1)?.body.push(instruction);
  }
  const chain: Instruction[] = [];
  for (let at = stages.length - 1; at >= 0;) {
    const { base, body } = stages[at]!;
    chain.unshift(...body);
    at = stages.slice(0, at).findLastIndex(({ name }, index) => name === base || String(index) === base);
  }
  return chain;
}

const textOf = ({ name, args, heredocs }: Instruction): string =>
  [
    name,
    ...(args.form === 'pairs' ? args.pairs.map((it) => `${it.name}=${it.value}`) : wordsOf(args)),
    ...heredocs.map(({ content }) => content),
  ].join(' ');

/** The keyword first, then what is compared. */
function wordsIn(text: string): readonly string[] {
  const [keyword = '', ...rest] = text.split(/[\s"'[\],]+/).filter((word) => word !== '');
  // The classic builder and Podman name what was copied by its hash: only the place tells.
  const classic = /^(?:COPY|ADD)$/.test(keyword) && rest.some((word) => /^(?:file|dir|multi):[0-9a-f]{32,}/.test(word));
  return classic ? [keyword, '*', rest.at(-1) ?? ''] : [keyword, ...rest];
}

/** From 0 to 1: by the words that both have. */
function likeness([keyword, ...a]: readonly string[], [other, ...b]: readonly string[]): number {
  if (keyword !== other) return 0;
  if (a[0] === '*' || b[0] === '*') return plain(a.at(-1)) === plain(b.at(-1)) ? 0.9 : 0;
  const counts = new Map<string, number>();
  for (const word of a) counts.set(word, (counts.get(word) ?? 0) + 1);
  let shared = 0;
  for (const word of b) {
    const left = counts.get(word) ?? 0;
    if (left > 0) shared += 1;
    counts.set(word, left - 1);
  }
  return a.length + b.length === 0 ? 1 : (2 * shared) / (a.length + b.length);
}

const plain = (path: string | undefined): string => (path ?? '').replace(/\/+$/, '').replace(/^\.?\//, '');

/** Pairs (instruction, step), in order, whose likenesses sum up highest; where two ways are equal the later steps, because the base comes first. */
function aligned(instructions: readonly (readonly string[])[], steps: readonly (readonly string[])[]): ReadonlyMap<number, number> {
  const width = steps.length + 1;
  const best = new Float64Array((instructions.length + 1) * width);
  const likenesses = instructions.map((it) => steps.map((step) => likeness(it, step)));
  for (let i = 1; i <= instructions.length; i += 1)
    for (let j = 1; j < width; j += 1) {
      const like = likenesses[i - 1]![j - 1]!;
      const pair = like >= ALIKE ? best[(i - 1) * width + j - 1]! + like : 0;
      best[i * width + j] = Math.max(pair, best[(i - 1) * width + j]!, best[i * width + j - 1]!);
    }
  const pairs = new Map<number, number>();
  for (let i = instructions.length, j = steps.length; i > 0 && j > 0;) {
    const here = best[i * width + j]!;
    const like = likenesses[i - 1]![j - 1]!;
    if (like >= ALIKE && here === best[(i - 1) * width + j - 1]! + like) {
      pairs.set(i - 1, j - 1);
      i -= 1;
      j -= 1;
    } else if (here === best[(i - 1) * width + j]!) i -= 1;
    else j -= 1;
  }
  return pairs;
}
