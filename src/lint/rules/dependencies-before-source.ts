import { wordsOf, type Instruction } from '../../dockerfile/index.ts';
import { allSteps, type Stage, type StageStep } from '../stages/index.ts';
import { rule, type Subject } from '../types.ts';
import { manifestInstall, type ManifestInstall } from './parts/manifests.ts';
import { reportOn } from './parts/report.ts';
import { isForWindows, runsSomething } from './parts/runs.ts';
import { argumentSpan } from './parts/spans.ts';

export const dependenciesBeforeSource = rule({
  id: 'dependencies-before-source',
  aliases: [],
  presets: ['recommended'],
  shippedOnly: true,
  severity: 'warning',
  fixes: 'none',
  summary: 'Dependencies are installed before the source is copied.',
  why: 'Each change of any file makes the layers after `COPY . .` anew, and so downloads and installs all dependencies again.',
  source: 'Docker, "Optimize cache usage in builds", "Order your layers"',
  examples: [
    { text: 'FROM node:22\nWORKDIR /app\nCOPY «. .»\nRUN npm ci\nCMD ["node", "a.js"]\n' },
    { text: 'FROM python:3.12\nADD «. /app»\nRUN pip install -r /app/requirements.txt\nCMD ["python", "/app/a.py"]\n' },
    {
      text: 'FROM golang:1.23 AS build\nCOPY «. .»\nRUN go mod download && go build -o /a .\nFROM alpine:3.20\nCOPY --from=build /a /a\nCMD ["/a"]\n',
    },
    { text: 'FROM node:22\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nCMD ["node", "a.js"]\n' },
    { text: 'FROM node:22\nCOPY package.json package-lock.json ./\nCOPY . .\nRUN npm ci\nCMD ["node", "a.js"]\n' },
    { text: 'FROM node:22\nCOPY . .\nRUN --mount=type=cache,target=/root/.npm npm ci\nCMD ["node", "a.js"]\n' },
    { text: 'FROM python:3.12\nCOPY . .\nRUN pip install .\nCMD ["app"]\n' },
    { text: 'FROM node:22\nCOPY . .\nRUN pnpm install\nWORKDIR /app/packages/web\nRUN pnpm build\nCMD ["node", "a.js"]\n' },
    { text: 'FROM node:22\nCOPY . .\nRUN npm ci\nCMD ["node", "a.js"]\n', files: { 'pnpm-workspace.yaml': 'packages: [a]\n' } },
    {
      text: 'FROM node:22 AS base\nCOPY package.json package-lock.json ./\nRUN npm ci\nFROM base\nCOPY . .\nRUN npm ci\nCMD ["node", "a.js"]\n',
    },
    { text: 'FROM node:22\nCOPY --from=build /app .\nRUN npm ci\nCMD ["node", "a.js"]\n' },
    {
      text: 'FROM node:22\nRUN --mount=type=bind,source=package.json,target=package.json npm ci\nCOPY . .\nRUN npm ci --omit=dev\nCMD ["node", "a.js"]\n',
    },
  ],
  mentions: /\b(?:copy|add)\b.*[\s"]\.\/?[\s"]/i,
  *detect(subject) {
    if (isForWindows(subject) || !runsSomething(subject.stages) || isWorkspace(subject)) return;
    for (const stage of subject.stages) {
      const found = stage.isNeeded ? installAfterSource(stage) : undefined;
      if (found === undefined) continue;
      const { copy, install } = found;
      const first = install.manifests.map((name) => `\`${name}\``).join(' and ');
      const says = `each change of the source runs \`${install.says}\` anew: copy ${first} alone, install, then copy the rest`;
      yield reportOn(copy.instruction, argumentSpan(copy.instruction), says);
    }
  },
});

/** Several packages under one lock file: the manifests of all are needed, and nobody can name them. */
const isWorkspace = ({ file, contexts }: Subject): boolean =>
  /\b(?:packages|apps|workspaces?)\/|--filter\b|--workspaces?\b|\b(?:turbo|nx|lerna)\b/.test(file.text) ||
  contexts.some(({ kindOf }) => ['pnpm-workspace.yaml', 'lerna.json', 'nx.json', 'turbo.json'].some((name) => kindOf(name) === 'file'));

/** The first install of a stage, where it needs only files of its own and comes after the whole source. */
function installAfterSource({ steps, parent }: Stage): { readonly copy: StageStep; readonly install: ManifestInstall } | undefined {
  const at = steps.findIndex((step) => installOf(step) !== undefined);
  const step = steps[at];
  const install = step && installOf(step);
  if (step === undefined || install === undefined || step.mounts.some(({ type }) => type === 'cache' || type === 'bind')) return undefined;
  // What it is built on has most of them.
  if (parent !== undefined && allSteps(parent).some((before) => installOf(before)?.says === install.says)) return undefined;
  const copies = steps.slice(0, at).filter(({ instruction }) => /^(?:COPY|ADD)$/.test(instruction.name));
  const copy = copies.find(({ instruction }) => isSource(instruction));
  return copy === undefined || copies.some(({ instruction }) => brings(instruction, install)) ? undefined : { copy, install };
}

const installOf = ({ script }: StageStep): ManifestInstall | undefined =>
  script.calls
    .filter(({ conditional, inner }) => !conditional && !inner)
    .map(manifestInstall)
    .find((found) => found !== undefined);

/** The whole context. */
const isSource = ({ flags, args }: Instruction): boolean =>
  !flags.some(({ name }) => name === 'from') && wordsOf(args).length === 2 && /^\.\/?$/.test(wordsOf(args)[0] ?? '');

/** A copy of the manifests, under whatever pattern: `package*.json`. */
const brings = ({ args }: Instruction, { manifests }: ManifestInstall): boolean =>
  wordsOf(args)
    .slice(0, -1)
    .some((source) => manifests.some((name) => source.split('/').at(-1)?.startsWith(name.slice(0, 4))));
