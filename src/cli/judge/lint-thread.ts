// A thread that judges its share of the files: it answers with their verdicts, and then, where ShellCheck is asked, each
// message with the findings.
import { parentPort, workerData } from 'node:worker_threads';
import { UserError } from '../../base/index.ts';
import { readInputs } from '../lint-files.ts';
import { judgeHere, type Judge } from './judge.ts';
import type { Answer, Share } from './threads.ts';

const { paths, terms } = workerData as Share;

/** An error loses its class on its way. */
async function answer(made: () => Promise<readonly unknown[]>): Promise<void> {
  const said: Answer = await made().then(
    (value) => ({ value }),
    (error: unknown) => {
      if (error instanceof UserError) return { refused: { message: error.message, hint: error.hint } };
      throw error;
    },
  );
  parentPort?.postMessage(said, []);
}

let judge: Judge;
await answer(async () => {
  judge = judgeHere(await readInputs(paths), terms);
  return judge.verdicts();
});
if (terms.scripts) parentPort?.on('message', (comments: Parameters<Judge['shell']>[0]) => answer(() => judge.shell(comments)));
