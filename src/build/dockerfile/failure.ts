import type { Failure } from './tool.ts';

/** Lines of a failed step that are shown with the error; all of them went by before. */
const SHOWN = 12;

/**
 * What the lines of a build that failed say: the instruction, the last of its output, the reason. `text` is the
 * Dockerfile, `file` its name.
 */
export async function readFailure(lines: readonly string[], text: string, file: string): Promise<Failure> {
  const block = buildkitBlock(lines) ?? podmanBlock(lines);
  const line = stated(lines, file) ?? (block && (await lineOf(block.step, text)));
  const reason = lines.findLast((each) => /^(error|Error|ERROR)\b/.test(each)) ?? lines.at(-1) ?? 'it said nothing';
  return {
    ...(line === undefined ? {} : { at: { file, line } }),
    output: (block?.output ?? []).slice(-SHOWN),
    reason: reason.replace(/^(error|ERROR|Error):\s*/, ''),
  };
}

interface Block {
  /** The instruction, as the engine shows it. */
  readonly step: string;
  readonly output: readonly string[];
}

/** ` > [build 3/4] RUN …:`, its last lines, `------`: BuildKit, util/progress/progressui. */
function buildkitBlock(lines: readonly string[]): Block | undefined {
  const head = lines.findLastIndex((line) => /^ > \[.*?\] .*:$/.test(line));
  if (head < 0) return undefined;
  const end = lines.findIndex((line, i) => i > head && line.startsWith('------'));
  const step = lines[head]!.replace(/^ > \[.*?\] /, '').replace(/:$/, '');
  return { step, output: lines.slice(head + 1, end < 0 ? undefined : end).map((line) => line.replace(/^(#\d+ )?\d+\.\d+ /, '')) };
}

/** `STEP 3/9: RUN …` and what follows: buildah, imagebuildah. */
function podmanBlock(lines: readonly string[]): Block | undefined {
  const head = lines.findLastIndex((line) => /STEP \d+\/\d+: /.test(line));
  if (head < 0) return undefined;
  const output = lines.slice(head + 1).filter((line) => !/^Error: /.test(line));
  return { step: lines[head]!.replace(/^.*?STEP \d+\/\d+: /, ''), output };
}

/** `Dockerfile:9` above the lines that BuildKit shows; the one that is marked is at fault. */
function stated(lines: readonly string[], file: string): number | undefined {
  const head = lines.findLastIndex((line, i) => line.startsWith(`${file}:`) && /^-{5,}$/.test(lines[i + 1] ?? ''));
  return head < 0 ? undefined : Number(lines[head]!.slice(file.length + 1)) || undefined;
}

const squeezed = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

/** The line of an instruction that begins as the step does; engines cut long ones off and leave flags out or in. */
async function lineOf(step: string, text: string): Promise<number | undefined> {
  const { parse } = await import('../../dockerfile/index.ts'); // a build that goes well does not load it
  const wanted = squeezed(step.replace(/(\.\.\.|…)$/, ''));
  const instructions = parse(text).nodes.filter((node) => node.kind === 'instruction');
  return instructions.find(({ line }) => squeezed(line).startsWith(wanted))?.startLine;
}
