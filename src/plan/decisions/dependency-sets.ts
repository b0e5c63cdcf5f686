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
  decide({ service }): Answer | undefined {
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
    if (left.length === 0) return undefined;
    return byDefault(
      'main',
      `the main dependencies, without ${left.join(', ')}`,
      inferred('dependency-sets/main', 'nothing in the repository installs more for production'),
    );
  },
});
