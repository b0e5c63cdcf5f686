import { inferred } from '../../base/index.ts';
import { byDefault, configured, decision, detected, type Answer } from '../decision.ts';

export const dependencySets = decision({
  id: 'dependency-sets',
  question: 'Which extras and groups are installed?',
  choices: {
    main: 'the main dependencies alone: what every installation of the project gets',
    'extras and groups': 'what production needs beside them, such as its server; never what only developers need',
  },
  why: 'A missing set stops the service at its first import; one too many is weight and attack surface. What the repository itself installs for production decides: its Dockerfile, Procfile, Makefile, README or pipeline.',
  key: 'dependencies',
  decide({ service }): Answer {
    const { sets, offered } = service.python;
    const names = sets ? [...sets.value.extras.map((e) => `extra ${e}`), ...sets.value.groups.map((g) => `group ${g}`)] : [];
    if (sets && names.length > 0) {
      const says = `the main dependencies, and ${names.join(', ')}`;
      const answer =
        sets.because[0].from === 'config'
          ? configured(names.join(', '), says, 'dependencies')
          : detected(names.join(', '), says, ...sets.because);
      return { ...answer, is: 'extras and groups' };
    }
    if (sets) return configured('main', 'the main dependencies alone', 'dependencies');
    const left = offered ? [...offered.extras, ...offered.groups] : [];
    return byDefault(
      'main',
      left.length > 0 ? `the main dependencies, without ${left.join(', ')}` : 'the main dependencies: there are no others',
      inferred(
        'dependency-sets/main',
        left.length > 0 ? 'nothing in the repository installs more for production' : 'no extras and no groups are declared',
      ),
    );
  },
});
