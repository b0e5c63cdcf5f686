import { replace, wordsOf } from '../../dockerfile/index.ts';
import { stepsBefore, type Stage, type StageStep } from '../stages/index.ts';
import { rule, type Context, type Fix } from '../types.ts';
import { lockedInstall, type LockedInstall } from './parts/lock-files.ts';
import { reportOn } from './parts/report.ts';
import { allRuns } from './parts/runs.ts';
import { toolCall } from './parts/tools.ts';

export const installFromLockFile = rule({
  id: 'install-from-lock-file',
  aliases: [],
  presets: ['recommended'],
  shippedOnly: true,
  severity: 'warning',
  fixes: 'unsafe',
  summary: 'Dependencies are installed as the lock file says, and the build fails where it does not fit.',
  why: 'Without that an install may choose other versions than those that were tested, and write them into a lock file that nobody sees.',
  source: 'npm-ci(1); Yarn, "yarn install"; pnpm, "pnpm install"; uv, "Locking and syncing"; Bundler, "bundle config"; Poetry, "Commands"',
  examples: [
    {
      text: 'FROM node:22\nCOPY package.json package-lock.json ./\nRUN «npm install» --omit=dev\n',
      fixed: 'FROM node:22\nCOPY package.json package-lock.json ./\nRUN npm ci --omit=dev\n',
    },
    { text: 'FROM node:22\nCOPY package*.json ./\nRUN «npm i»\n', fixed: 'FROM node:22\nCOPY package*.json ./\nRUN npm ci\n' },
    { text: 'FROM node:22\nCOPY package.json yarn.lock ./\nRUN «yarn install»\n' },
    { text: 'FROM node:22\nCOPY package.json ./\nRUN «npm install»\nCOPY . .\n' },
    {
      text: 'FROM node:22\nCOPY . .\nRUN «npm install»\n',
      files: { 'package.json': '{}', 'package-lock.json': '{}' },
      fixed: 'FROM node:22\nCOPY . .\nRUN npm ci\n',
    },
    {
      text: 'FROM python:3.12\nCOPY pyproject.toml uv.lock ./\nRUN «uv sync» --no-dev\n',
      fixed: 'FROM python:3.12\nCOPY pyproject.toml uv.lock ./\nRUN uv sync --locked --no-dev\n',
    },
    { text: 'FROM python:3.12\nCOPY pyproject.toml ./\nRUN «poetry install» --no-root\n' },
    { text: 'FROM node:22\nCOPY package*.json ./\nRUN npm ci\n' },
    { text: 'FROM node:22\nCOPY package*.json ./\nRUN npm install express@4\n' },
    { text: 'FROM node:22\nCOPY . .\nRUN npm install\n' },
    { text: 'FROM node:22\nCOPY package.json ./\nCOPY app ./app\nRUN npm install\n' },
    { text: 'FROM node:22\nENV CI=true\nCOPY package.json pnpm-lock.yaml ./\nRUN pnpm install\n' },
    { text: 'FROM ruby:3.3\nENV BUNDLE_DEPLOYMENT=1\nCOPY Gemfile Gemfile.lock ./\nRUN bundle install\n' },
    { text: 'FROM python:3.12\nCOPY pyproject.toml poetry.lock ./\nRUN poetry install\n' },
    { text: 'FROM node:22\nCOPY pnpm-lock.yaml ./\nCOPY packages/api/package.json ./\nRUN pnpm install\n' },
    {
      text: 'FROM node:22 AS build\nFROM node:22\nCOPY --from=build /app/dist/package.json ./\nCOPY package-lock.json ./\nRUN npm install\n',
    },
  ],
  mentions: /\b(?:npm|yarn|pnpm|bun|uv|bundle|poetry|composer)\b/,
  *detect(subject) {
    for (const { stage, step } of allRuns(subject)) {
      if (!stage.isNeeded) continue;
      for (const call of step.script.calls) {
        const install = call.inner || call.conditional ? undefined : lockedInstall(stage, step, call);
        const lock = install && lockSeen(stage, step, install, subject.contexts[0]);
        if (install === undefined || lock === undefined || (lock === 'there' && install.usesLock)) continue;
        const says = lock === 'missing' ? `no \`${install.lock}\` is copied: each build chooses versions anew` : install.advice;
        yield reportOn(step.instruction, toolCall(call).head, says, lock === 'there' ? mend(install) : undefined);
        break;
      }
    }
  },
});

/** Whether the lock file is there when the step runs; undefined where nobody can tell. */
function lockSeen(
  stage: Stage,
  step: StageStep,
  { manifest, lock }: LockedInstall,
  context: Context | undefined,
): 'there' | 'missing' | undefined {
  const steps = stepsBefore(stage, step).filter(({ instruction }) => /^(?:COPY|ADD)$/.test(instruction.name));
  const sources = [
    ...steps.flatMap(({ instruction, expanded }) => wordsOf(instruction.args).slice(0, -1).map(expanded)),
    ...step.mounts.filter(({ type }) => type === 'bind').map(({ source, target }) => source || target),
  ];
  const names = sources.map((source) => source.split('/').at(-1) ?? '');
  const locks = sources.filter((_, i) => matches(names[i] ?? '', lock));
  // Another package's lock, that of a workspace for one of its packages, or of what a stage before made anew.
  const manifests = sources.filter((_, i) => matches(names[i] ?? '', manifest));
  if (locks.length > 0 && manifests.length > 0 && !manifests.some((path) => locks.some((other) => folderOf(path) === folderOf(other))))
    return undefined;
  if (locks.length > 0 && isMadeAnew(steps, manifest)) return undefined;
  if (locks.length > 0) return 'there';
  const isWhole = names.some((name) => !/^[\w.-]*\.\w+$|^Gemfile$/.test(name));
  if (isWhole)
    return context?.kindOf(lock) === 'file' && steps.some(({ instruction }) => wordsOf(instruction.args)[0] === '.') ? 'there' : undefined;
  // Only the manifest: the versions are anybody's guess.
  return names.includes(manifest) ? 'missing' : undefined;
}

const folderOf = (path: string): string => path.replace(/^\.\//, '').replace(/[^/]*$/, '');

/** The manifest comes out of a stage, which may have written it. */
const isMadeAnew = (steps: readonly StageStep[], manifest: string): boolean =>
  steps.some(
    ({ instruction: { flags, args } }) =>
      flags.some(({ name }) => name === 'from') && wordsOf(args).some((path) => path.endsWith(`/${manifest}`)),
  );

/** A pattern of COPY: `package*.json`, `yarn.lock*`. */
const matches = (pattern: string, name: string): boolean =>
  new RegExp(
    `^${pattern
      .replaceAll(/[.+^${}()|]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  ).test(name) && !/^\*+$/.test(pattern);

const mend = ({ change }: LockedInstall): Fix | undefined => change && { title: change.title, edits: [replace(change.span, change.text)] };
