import { rule } from '../types.ts';
import { contextOf, ignoredIn, takenFromContext } from './parts/context.ts';
import { reportOn } from './parts/report.ts';

/** What belongs into no image, and how grave it is that it gets there: secrets first. */
const NOT_WANTED = [
  '.env',
  '.npmrc',
  '.pypirc',
  '.netrc',
  '.aws',
  '.ssh',
  'id_rsa',
  '.git',
  'node_modules',
  '.venv',
  'venv',
  '.tox',
  '.terraform',
];
const SECRET = new Set(['.env', '.npmrc', '.pypirc', '.netrc', '.aws', '.ssh', 'id_rsa']);

export const contextLeftOpen = rule({
  id: 'context-left-open',
  aliases: [],
  presets: ['recommended'],
  severity: 'warning',
  fixes: 'none',
  summary: 'Where the whole folder is copied, .dockerignore leaves out what belongs into no image.',
  why: 'Secrets end up in a layer, `.git` makes each commit a new layer, and a `node_modules` or `venv` of the host takes the place of what was installed.',
  source: 'Dockerfile best practices, "Exclude with .dockerignore"',
  examples: [
    {
      text: 'FROM node:22\nCOPY «.» /srv/\n',
      files: { 'package.json': '{}', '.git/HEAD': '', 'node_modules/a/index.js': '', '.dockerignore': '.env\n' },
    },
    { text: 'FROM python:3.12\nWORKDIR /app\nADD «./» .\n', files: { '.env': 'A=b', 'pyproject.toml': '' } },
    {
      text: 'FROM node:22\nCOPY . /srv/\n',
      files: { '.git/HEAD': '', 'node_modules/a/index.js': '', '.dockerignore': '.git\n**/node_modules\n' },
    },
    { text: 'FROM node:22\nCOPY . /srv/\n', files: { 'package.json': '{}', '.git/HEAD': '', 'a.js': '', '.dockerignore': '*\n!a.js\n' } },
    { text: 'FROM node:22\nCOPY src /srv/\n', files: { '.env': 'A=b', 'src/a.js': '' } },
    { text: 'FROM node:22\nCOPY . /srv/\n' },
  ],
  *detect(subject) {
    const whole = takenFromContext(subject).find(({ path }) => path === '.');
    const context = whole === undefined ? undefined : contextOf(subject);
    if (whole === undefined || context === undefined) return;
    const ignored = ignoredIn(context);
    const open = NOT_WANTED.filter((name) => context.kindOf(name) !== undefined && !ignored(name));
    if (open.length === 0) return;
    const what = open.some((name) => SECRET.has(name)) ? 'secrets may be copied too' : 'this is copied too';
    yield reportOn(whole.instruction, whole.span, `${what}: write ${quoted(open)} into .dockerignore`);
  },
});

const quoted = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');
