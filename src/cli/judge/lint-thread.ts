// A thread that judges its share of the files: it answers with their verdicts, some at a time so that it keeps few, and
// then, where ShellCheck is asked, with the findings.
import { parentPort, workerData } from 'node:worker_threads';
import { UserError } from '../../base/index.ts';
import { readInput } from '../lint-files.ts';
import { judgeHere, type Judge } from './judge.ts';
import type { Answer, Share } from './threads.ts';

const { paths, terms } = workerData as Share;
const SOME = 64;

const answer = (said: Answer): void => parentPort?.postMessage(said, []);

function* inputs(): Iterable<ReturnType<typeof readInput>> {
  for (const path of paths) yield readInput(path);
}

const judge = judgeHere(inputs(), terms);
try {
  let some: unknown[] = [];
  for (const verdict of judge.each()) {
    some.push(verdict);
    if (some.length < SOME) continue;
    answer({ value: some, isLast: false });
    some = [];
  }
  answer({ value: some, isLast: true });
} catch (error) {
  // An error loses its class on its way.
  if (!(error instanceof UserError)) throw error;
  answer({ refused: { message: error.message, hint: error.hint } });
}
if (terms.scripts) {
  parentPort?.on('message', async (comments: Parameters<Judge['shell']>[0]) =>
    answer({ value: await judge.shell(comments), isLast: true }),
  );
}
