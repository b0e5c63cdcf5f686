import { rule, type Context } from '../types.ts';
import { contextOf, takenFromContext } from './parts/context.ts';
import { reportOn } from './parts/report.ts';

export const copySourceMissing = rule({
  id: 'copy-source-missing',
  aliases: [],
  presets: ['recommended'],
  severity: 'error',
  fixes: 'none',
  summary: 'What COPY and ADD take is in the context.',
  why: 'The build stops there, often after minutes. What .gitignore names is taken to be made before the build.',
  source: 'Dockerfile reference, "COPY"',
  examples: [
    { text: 'FROM node:22\nCOPY package.json «yarn.lock» ./\n', files: { 'package.json': '{}' } },
    { text: 'FROM node:22\nCOPY package.json ./\nCOPY «server» /srv/server/\n', files: { 'package.json': '{}', 'src/a.js': '' } },
    { text: 'FROM node:22\nCOPY package.json ./\nCOPY ./src /srv/src/\n', files: { 'package.json': '{}', 'src/a.js': '' } },
    { text: 'FROM node:22\nCOPY package.json yarn.lock* ./\nCOPY dist/ /srv/\n', files: { 'package.json': '{}', '.gitignore': '/dist\n' } },
    { text: 'FROM node:22 AS b\nCOPY package.json ./\nFROM node:22\nCOPY --from=b /x /x\n', files: { 'package.json': '{}' } },
    { text: 'FROM node:22\nCOPY package.json yarn.lock ./\n', files: { 'docker/other': '' } },
  ],
  *detect(subject) {
    const context = contextOf(subject);
    if (context === undefined) return;
    for (const { instruction, path, span } of takenFromContext(subject)) {
      if (subject.contexts.some((other) => other.kindOf(path) !== undefined) || isMade(path, subject.contexts)) continue;
      yield reportOn(instruction, span, `there is no \`${path}\` in the context`);
    }
  },
});

/** Whether a .gitignore names the path, a folder above it, or files of its kind: then something makes it before the build. */
function isMade(path: string, contexts: readonly Context[]): boolean {
  const parts = path.split('/');
  const kind = /\.[^./]+$/.exec(path)?.[0];
  return contexts.some((context) =>
    (context.read('.gitignore') ?? '')
      .split('\n')
      .map((line) => line.trim().replace(/^\/|\/?\**$/g, ''))
      .some((line) => line !== '' && (line === path || parts.includes(line.split('/').at(-1) ?? '') || line === `*${kind}`)),
  );
}
