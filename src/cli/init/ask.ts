import { Interrupted } from '../exit.ts';
import type { Option, Question } from './questions.ts';

/** Whether there is somebody to ask: a terminal at both ends, wide enough to draw on, and no CI. */
export const canAsk = (): boolean =>
  process.stdin.isTTY === true && process.stderr.isTTY === true && process.stderr.columns > 0 && !process.env['CI'];

/** Asks on the terminal, on standard error. The first option is preselected. Throws Interrupted for Ctrl-C and Escape. */
export async function ask({ question, options, isRecommended, flag }: Question): Promise<Option> {
  const { isCancel, select } = await import('@clack/prompts');
  const given = await select<Option>({
    message: `${question} (${flag})`,
    output: process.stderr,
    options: options.map((option, i) => ({
      value: option,
      label: `${option.choice}${isRecommended && i === 0 ? ' (recommended)' : ''}: ${option.says}`,
    })),
  });
  if (isCancel(given)) throw new Interrupted('SIGINT', 130);
  return given;
}
