import { replace, type Instruction } from '../../dockerfile/index.ts';
import { rule, type Fix, type Subject } from '../types.ts';
import { hasDrive, reportAt, withoutQuotes } from './parts/hadolint.ts';
import { StageFact } from './parts/stages.ts';
import { isFolderTold, joinPath, workdirAt } from './parts/workdir.ts';

export const copyRelativeWithoutWorkdir = rule({
  id: 'copy-relative-without-workdir',
  aliases: ['DL3045'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'unsafe',
  summary: 'COPY to a relative path needs a WORKDIR before it.',
  why: 'Where the files end up depends on the base image.',
  source: 'hadolint, "DL3045"',
  examples: [
    { text: 'FROM alpine:3.20\nCOPY «a b»\n', fixed: 'FROM alpine:3.20\nCOPY a /b\n' },
    { text: 'FROM golang:1.23\nCOPY «a b ./»\n', fixed: 'FROM golang:1.23\nCOPY a b /go/\n' },
    { text: 'FROM example/app\nCOPY «a b»\n' },
    { text: 'FROM alpine:3.20\nWORKDIR /srv\nCOPY a b\n' },
    { text: 'FROM alpine:3.20\nCOPY a /b\n' },
  ],
  *detect(subject) {
    const workdir = new StageFact();
    for (const at of subject.reading.instructions) {
      if (at.name === 'FROM') workdir.enter(at.base);
      if (at.name === 'WORKDIR') workdir.set();
      if (at.name !== 'COPY' || workdir.holds) continue;
      const target = withoutQuotes(at.target);
      if (target.startsWith('/') || target.startsWith('$') || hasDrive(target)) continue;
      yield reportAt(
        at,
        `\`${target}\` is relative to the base image’s working directory`,
        undefined,
        absoluteTarget(subject, at.instruction),
      );
    }
  },
});

/** Writes out where the files end up, if that is known. */
function absoluteTarget(subject: Subject, instruction: Instruction | undefined): Fix | undefined {
  const { args } = instruction ?? {};
  const word = args?.form === 'words' || args?.form === 'exec' ? args.words.at(-1) : undefined;
  if (instruction === undefined || word === undefined) return undefined;
  const written = subject.file.text.slice(word.span.start, word.span.end);
  const quote = args?.form === 'exec' ? '"' : '';
  if (written !== `${quote}${word.text}${quote}`) return undefined;
  const target = joinPath(workdirAt(subject, instruction), word.text);
  if (target === undefined) return undefined;
  const changesImage = !isFolderTold(subject, instruction);
  return { title: `copy to \`${target}\``, edits: [replace(word.span, `${quote}${target}${quote}`)], changesImage };
}
