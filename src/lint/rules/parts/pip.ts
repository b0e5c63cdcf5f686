import { hasArg, hasSequence, type Command } from '../../shell/index.ts';

/** `pip install`, under each of pip's names, or `python -m pip install`. */
export const isPipInstall = (command: Command): boolean =>
  (command.name.startsWith('pip') && !command.name.startsWith('pipenv') && hasArg(command, 'install')) ||
  (command.name.startsWith('python') && hasSequence(command, '-m', 'pip', 'install'));
