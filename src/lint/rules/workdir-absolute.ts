import { replace, type Instruction } from '../../dockerfile/index.ts';
import { rule, type Fix, type Subject } from '../types.ts';
import { hasDrive, plain, reportAt, withoutQuotes } from './parts/hadolint.ts';
import { argumentSpan } from './parts/spans.ts';
import { isFolderTold, joinPath, workdirAt } from './parts/workdir.ts';

export const workdirAbsolute = rule({
  id: 'workdir-absolute',
  aliases: ['DL3000'],
  presets: ['hadolint'],
  severity: 'error',
  fixes: 'unsafe',
  summary: 'WORKDIR is an absolute path.',
  why: 'A relative one is added to the one before it, which may stand in another image.',
  source: 'hadolint, "DL3000"',
  examples: [
    { text: 'FROM alpine:3.20\nWORKDIR «app/src»\n', fixed: 'FROM alpine:3.20\nWORKDIR /app/src\n' },
    { text: 'FROM example/app\nWORKDIR «app/src»\n' },
    { text: 'FROM alpine:3.20\nWORKDIR /app\n' },
    { text: 'FROM alpine:3.20\nWORKDIR $HOME\n' },
  ],
  *detect(subject) {
    for (const { content, at } of plain(subject.reading)) {
      if (content.name !== 'WORKDIR') continue;
      const path = withoutQuotes(content.text);
      if (path.startsWith('$') || path.startsWith('/') || hasDrive(path)) continue;
      yield reportAt(
        at,
        `\`${path}\` is added to whatever the working directory is`,
        undefined,
        absolute(subject, at.instruction, content.text),
      );
    }
  },
});

/** Writes out what the path is, if that is known. */
function absolute(subject: Subject, instruction: Instruction | undefined, written: string): Fix | undefined {
  const path = instruction && joinPath(workdirAt(subject, instruction), written)?.replace(/(?<=.)\/$/, '');
  if (instruction === undefined || path === undefined || /[\s"']/.test(written)) return undefined;
  const changesImage = path.includes('$') || !isFolderTold(subject, instruction);
  return { title: `write \`${path}\``, edits: [replace(argumentSpan(instruction), path)], changesImage };
}
