import { cause } from './cause.ts';

export const repository = cause({
  id: 'repository',
  title: 'history of the repository',
  why: 'The service runs what is checked out; what it was before is for developers, and may hold what was taken out of it.',
  source: 'gitrepository-layout(5); Docker, "Build context", ".dockerignore files"',
  fix: 'a line `.git` in .dockerignore',
  rule: 'context-left-open',
  matches: ({ path }) => /\.(?:git|hg|svn)\//.test(path) && /(?:^|\/)\.(?:git|hg|svn)\//.test(path),
});
