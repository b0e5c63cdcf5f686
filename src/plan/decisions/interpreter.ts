import { decision, type Answer } from '../decision.ts';
import { SUITES, UNKNOWN_PYTHON } from '../suites.ts';

export const interpreter = decision({
  id: 'interpreter',
  question: 'Which Python?',
  choices: {},
  why: 'Debian backports security fixes to the Python of a release, without changing its behaviour.',
  key: 'python',
  decide({ decided, config }): Answer {
    const base = decided['base'];
    if (!base) throw new Error('base is decided first');
    const suite = SUITES.find((s) => s.name === base.choice);
    const version = suite?.python ?? config.python ?? /python:(3\.\d+)/.exec(base.choice)?.[1] ?? UNKNOWN_PYTHON;
    return {
      choice: version,
      says: suite ? `Python ${suite.pythonRelease}, Debian's own build` : 'the base’s own, found in its files',
      because: base.because,
      decidedBy: base.decidedBy,
    };
  },
});
