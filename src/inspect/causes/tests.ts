import { cause } from './cause.ts';

export const tests = cause({
  id: 'tests',
  title: 'tests',
  why: 'They are for those who change a package, not for those who run it.',
  source: 'Python Packaging User Guide, "src layout vs flat layout"; docker-library/python, which deletes them',
  fix: 'your own: a line in .dockerignore; those of dependencies: `find … -type d -name tests -exec rm -rf {} +` in the RUN that installs',
  matches: ({ path }) =>
    path.includes('test') &&
    !/^usr\/(?:bin|sbin|share|include)\//.test(path) &&
    /(?:^|\/)(?:(?:tests?|__tests__|idle_test)\/|(?:test_[^/]+|[^/]+_test|conftest)\.py$)/.test(path),
});
