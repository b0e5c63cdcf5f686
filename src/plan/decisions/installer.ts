import { inferred } from '../../base/index.ts';
import { byDefault, decision, detected, type Answer } from '../decision.ts';

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
    if (source.value.kind === 'uv.lock' || source.value.kind === 'poetry.lock')
      return detected('uv, from the lock', `uv installs exactly what ${source.value.file} names`, ...source.because);
    if (source.value.kind === 'requirements' && source.value.hashed)
      return detected('uv, from the lock', `uv installs the versions and hashes in ${source.value.files.join(', ')}`, ...source.because);
    const from = source.value.kind === 'requirements' ? source.value.files.join(', ') : source.value.file;
    return detected('uv, resolved once', `uv resolves ${from} into plimsoll.lock`, ...source.because);
  },
});
