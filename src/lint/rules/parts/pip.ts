import { hasArg, hasSequence, operands, withoutValuesOf, type Argument, type Command } from '../../shell/index.ts';
import { afterInstall } from './packages.ts';

/** `pip install`, under each of pip's names, or `python -m pip install`. */
export const isPipInstall = (command: Command): boolean =>
  (command.name.startsWith('pip') && !command.name.startsWith('pipenv') && hasArg(command, 'install')) ||
  (command.name.startsWith('python') && hasSequence(command, '-m', 'pip', 'install'));

/** pip and what it needs: the base may hold them, and a newer one of them is no dependency. */
export const OF_PIP: ReadonlySet<string> = new Set(['pip', 'setuptools', 'wheel']);

/** Flags of `pip install` that take a value, but for those that name a file of requirements. */
const VALUED = (
  'abi b build e editable extra-index-url f find-links i index-url implementation no-binary only-binary platform prefix progress-bar proxy ' +
  'python python-version root root-user-action src t target trusted-host upgrade-strategy'
).split(' ');

/** What `pip install` is told to install by name. */
export const packagesOfPip = (command: Command): readonly Argument[] => afterInstall(operands(withoutValuesOf(command, ...VALUED)));
