import { inferred } from '../../base/index.ts';
import { byDefault, chosen, decision, type Answer } from '../decision.ts';
import { localPackages, ownPackage } from '../local.ts';
import { isImage } from '../suites.ts';

export const layers = decision({
  id: 'layers',
  question: 'How is the image cut into layers?',
  choices: { 'one layer': 'smallest by a little; every change sends everything again' },
  why: 'What changes seldom lies below what changes often, so a change of code sends and stores only the last layer.',
  decide({ decided, service, config }): Answer {
    const own = localPackages(service).length > 0 || ownPackage(service, config) ? ['packages'] : [];
    const below = isImage(chosen({ decided }, 'base')) ? ['base', 'accounts'] : ['base', 'interpreter'];
    const names = [...below, ...(decided['installer']?.choice === 'none' ? [] : ['dependencies']), ...own, 'application'];
    if (decided['build-steps'] && decided['build-steps'].choice !== 'none') names.push('build steps');
    return byDefault(
      names.join(', '),
      names.join(' → '),
      inferred('layers/by-change', 'ordered from what changes seldom to what changes often'),
    );
  },
});
