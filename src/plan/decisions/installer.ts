import { inferred } from '../../base/index.ts';
import { byDefault, decision, detected, type Answer } from '../decision.ts';
import { isLocked } from '../installers.ts';

export const installer = decision({
  id: 'installer',
  question: 'How are dependencies installed?',
  choices: {
    'uv, from the lock': 'exact versions and hashes as the lock names them',
    'uv, resolved once': 'no lock in the repository: resolved, and recorded with hashes in plimsoll.lock',
    none: 'the service has no third-party dependency',
  },
  why: 'Only wheels are installed, each checked against its hash: nothing is compiled, no code of a package runs while the image is built, and no installer stays in the image.',
  decide({ service }): Answer {
    const source = service.python.dependencies;
    if (!source)
      return byDefault(
        'none',
        'no third-party dependency',
        inferred('installer/none', 'no requirements file, pyproject or lock names one'),
      );
    const from = source.value.kind === 'requirements' ? source.value.files.join(', ') : source.value.file;
    if (isLocked(source.value)) {
      const says = source.value.kind === 'requirements' ? `the versions and hashes in ${from}` : `exactly what ${from} names`;
      return detected('uv, from the lock', `uv installs ${says}`, ...source.because);
    }
    return detected('uv, resolved once', `uv resolves ${from} into plimsoll.lock`, ...source.because);
  },
});
