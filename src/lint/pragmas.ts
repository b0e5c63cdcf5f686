import type { Dockerfile } from '../dockerfile/index.ts';
import type { Reading } from './reading/index.ts';

const CODES = String.raw`([DLSC0-9]+(?:[ \t]*,[ \t]*[DLSC0-9]+)*)[ \t]*(?:#.*)?$`;
const HERE = new RegExp(String.raw`^[ \t]*hadolint[ \t]+ignore[ \t]*=[ \t]*${CODES}`);
const STAGE = new RegExp(String.raw`^[ \t]*hadolint[ \t]+stage[ \t]+ignore[ \t]*=[ \t]*${CODES}`);
const EVERYWHERE = new RegExp(String.raw`^[ \t]*hadolint[ \t]+global[ \t]+ignore[ \t]*=[ \t]*${CODES}`);

const codesIn = (pattern: RegExp, comment: string): readonly string[] | undefined => pattern.exec(comment)?.[1]?.split(/[ \t]*,[ \t]*/);

/** The codes of `# hadolint ignore=…`; undefined in any other comment. */
export const ignoredCodes = (comment: string): readonly string[] | undefined => codesIn(HERE, comment);

/** Whether findings of a rule, by any of its names, are ignored at a line. */
export type IsIgnored = (names: readonly string[], line: number) => boolean;

/**
 * The comments that hadolint honours: `ignore` in the line above an instruction, `global ignore` anywhere, and `stage
 * ignore` for what comes after it, up to the next FROM.
 */
export function hadolintPragmas({ instructions }: Reading): IsIgnored {
  const lines = new Map<number, readonly string[]>();
  const stages: { readonly line: number; readonly codes: readonly string[] }[] = [];
  const everywhere = new Set<string>();
  for (const at of instructions) {
    const { line } = at;
    if (at.name === 'FROM' && stages.at(-1)?.line !== line) stages.push({ line, codes: [] });
    if (at.name !== 'comment') continue;
    const [here, stage] = [ignoredCodes(at.text), codesIn(STAGE, at.text)];
    if (here !== undefined) lines.set(line + 1, here);
    if (stage !== undefined) stages.push({ line: line + 1, codes: stage });
    for (const code of codesIn(EVERYWHERE, at.text) ?? []) everywhere.add(code);
  }
  return (names, line) => {
    const stage = stages.findLast((candidate) => candidate.line < line)?.codes ?? [];
    return names.some((name) => everywhere.has(name) || stage.includes(name) || (lines.get(line)?.includes(name) ?? false));
  };
}

/** `# plimsoll ignore=RULE,RULE why`. */
const PRAGMA = /^(\w+)\s+(global\s+)?ignore\s*=\s*([\w-]+(?:\s*,\s*[\w-]+)*)(?=\s|$)/;

/** The same for us: each comment right above an instruction counts, and rules go by all their names. `tools`: whose comments. */
export function commentPragmas({ nodes }: Dockerfile, tools: readonly string[]): IsIgnored {
  const lines = new Map<number, readonly string[]>();
  const everywhere = new Set<string>();
  let above: string[] = [];
  let last = 0;
  for (const node of nodes) {
    if (node.kind !== 'comment') {
      if (node.kind === 'instruction' && above.length > 0) lines.set(node.startLine, above);
      above = [];
      continue;
    }
    if (node.line !== last + 1) above = [];
    last = node.line;
    const [, tool = '', global, names = ''] = PRAGMA.exec(node.text) ?? [];
    if (!tools.includes(tool)) continue;
    for (const name of names.split(/\s*,\s*/)) {
      if (global === undefined) above.push(name);
      else everywhere.add(name);
    }
  }
  return (names, line) => names.some((name) => everywhere.has(name) || (lines.get(line)?.includes(name) ?? false));
}
