import { inferred, type Because, type Evidence } from '../../base/index.ts';
import { byDefault, decision, detected, type Answer, type Context } from '../decision.ts';
import { isLocked } from '../installers.ts';
import { localPackages, ownPackage } from '../local.ts';

export const installer = decision({
  id: 'installer',
  question: 'How are dependencies installed?',
  choices: {
    'uv, from the lock': 'exact versions and hashes as the lock names them',
    'uv, resolved once': 'no lock in the repository: resolved, and recorded with hashes in plimsoll.lock',
    none: 'the service has no third-party dependency',
  },
  why: 'Only wheels are installed, each checked against its hash: nothing is compiled, no code of a package runs while the image is built, and no installer stays in the image.',
  decide(context): Answer {
    const answer = thirdParty(context);
    const packages = localPackages(context.service);
    const own = ownPackage(context.service, context.config);
    const names = [...packages.map(({ value }) => value.name), ...(own ? [`${own.name} itself`] : [])];
    if (names.length === 0) return answer;
    const because: Because = [...answer.because, ...packages.map(({ because: [first] }) => first), ...(own ? ownBecause(context) : [])];
    return { ...answer, says: `${answer.says}; of the repository ${names.join(', ')}`, because };
  },
});

const ownBecause = ({ service }: Context): readonly Evidence[] =>
  (service.python.project ?? service.python.local?.find(({ value }) => value.folder === ''))?.because.slice(0, 1) ?? [];

function thirdParty({ service }: Context): Answer {
  const source = service.python.dependencies;
  if (!source)
    return byDefault('none', 'no third-party dependency', inferred('installer/none', 'no requirements file, pyproject or lock names one'));
  const from = source.value.kind === 'requirements' ? source.value.files.join(', ') : source.value.file;
  if (isLocked(source.value)) {
    const says = source.value.kind === 'requirements' ? `the versions and hashes in ${from}` : `exactly what ${from} names`;
    return detected('uv, from the lock', `uv installs ${says}`, ...source.because);
  }
  return detected('uv, resolved once', `uv resolves ${from} into plimsoll.lock`, ...source.because);
}
