import type { Evaluation, Instruction, Word } from '../../../dockerfile/index.ts';

/** The FROMs that the build has read. */
export const readFroms = (evaluation: Evaluation): readonly Instruction[] =>
  evaluation.read.filter((instruction) => instruction.name === 'FROM');

/** The words of a FROM after its flags. */
export const fromWords = ({ args }: Instruction): readonly Word[] => (args.form === 'words' ? args.words : []);

/** The word that names the stage, whatever stands before it. */
export function stageWord(from: Instruction): Word | undefined {
  const words = fromWords(from);
  return words.length === 3 ? words[2] : undefined;
}
