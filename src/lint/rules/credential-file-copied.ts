import { developmentSaidBy } from '../purpose.ts';
import type { Context } from '../types.ts';
import { rule } from '../types.ts';
import { reportOn } from './parts/report.ts';
import { holdsSecret } from './parts/secrets.ts';

/** Files that exist to hold credentials (the manuals of the programs that read them). Templates hold none. */
const CREDENTIALS: readonly (readonly [RegExp, string])[] = [
  [/(?:^|\/)\.env(?:\.(?!example|sample|template|tmpl|tpl|dist|defaults?|test|ci|docker|public)[\w-]+)?$/, 'settings with secrets'],
  [/(?:^|\/)id_(?:rsa|dsa|ecdsa|ed25519)$/, 'a private key'],
  [/(?:^|\/)(?:\.ssh|\.aws|\.gnupg)\/?$|(?:^|\/)\.aws\/credentials$/, 'credentials'],
  [/(?:^|\/)(?:[._]netrc|\.git-credentials|\.pypirc|\.pgpass|\.vault-token)$/, 'passwords'],
  [/(?:^|\/)(?:\.docker\/config\.json|\.kube\/config|kubeconfig)$/, 'credentials'],
];
/** These often hold nothing but settings: only where they can be read, and hold a secret. */
const MIXED = /(?:^|\/)(?:\.npmrc|\.yarnrc|\.yarnrc\.yml|pip\.conf|\.env[\w.-]*)$/;
const TOKEN_LINE = /_(?:authToken|password|auth)\s*=\s*"?(?!\$)[^"\s]+|npmAuthToken:\s*"?(?!\$)\S+/;

export const credentialFileCopied = rule({
  id: 'credential-file-copied',
  aliases: [],
  presets: ['recommended'],
  severity: 'error',
  fixes: 'none',
  summary: 'No file of credentials is copied into the image.',
  why: 'Everyone who can pull the image can read it, also where a later step deletes it.',
  source: 'Docker, "Build secrets"; Dockerfile reference, "COPY"',
  examples: [
    { text: 'FROM node:22-slim\nCOPY «.env» /app/\n' },
    { text: 'FROM debian:12\nADD «id_rsa» /root/.ssh/id_rsa\n' },
    { text: 'FROM node:22-slim\nCOPY package.json «.npmrc» ./\n', files: { '.npmrc': '//registry.example/:_authToken=8f14e45fceea\n' } },
    { text: 'FROM node:22-slim\nCOPY package.json .npmrc ./\n', files: { '.npmrc': 'save-exact=true\n' } },
    { text: 'FROM node:22-slim\nCOPY .env ./\n', files: { '.env': 'VITE_TITLE=Shop\nPORT=3000\n' } },
    { text: 'FROM postgres:17\nCOPY .pgpass /root/\n', path: 'dev/db/Dockerfile' },
    { text: 'FROM node:22-slim\nCOPY scripts/docker/.env.production .env\n' },
    {
      text: 'FROM node:22-slim\nCOPY «scripts/.env» .env\n',
      files: { 'scripts/.env': 'DB_PASSWORD=hunter2-7Kq\n' },
    },
    { text: 'FROM node:22-slim\nCOPY .env.example .env\n' },
    { text: 'FROM node:22 AS build\nCOPY .env ./\nRUN npm run build\nFROM nginx:1.27\nCOPY --from=build /dist /usr/share/nginx/html\n' },
    { text: 'FROM debian:12\nCOPY id_rsa.pub /root/.ssh/authorized_keys\n' },
  ],
  *detect({ stages, contexts, file, path }) {
    const isForTests = developmentSaidBy(file, path) !== undefined;
    for (const { instruction } of stages.filter(({ isInImage }) => isInImage).flatMap(({ steps }) => steps)) {
      const { name, args, flags } = instruction;
      if ((name !== 'COPY' && name !== 'ADD') || flags.some((flag) => flag.name === 'from')) continue;
      if (args.form !== 'words' && args.form !== 'exec') continue;
      for (const { text, span } of args.words.slice(0, -1)) {
        const what = credentialIn(text, contexts);
        // The database of a test has a password that everybody may know.
        if (what !== undefined && !(isForTests && text.endsWith('.pgpass')))
          yield reportOn(
            instruction,
            span,
            `\`${text}\` holds ${what}, which then are in the image: mount it as a secret, or give it at run time`,
          );
      }
    }
  },
});

function credentialIn(path: string, contexts: readonly Context[]): string | undefined {
  const named = CREDENTIALS.find(([pattern]) => pattern.test(path))?.[1];
  if (!MIXED.test(path)) return named;
  const text = contexts.map(({ read }) => read(path.replace(/^\.?\//, ''))).find((each) => each !== undefined);
  // Settings in a folder of the repository are for everybody's eyes more often than not.
  if (text === undefined) return path.replace(/^\.\//, '').includes('/') ? undefined : named;
  return holdsSecret(text) || TOKEN_LINE.test(text) ? 'secrets' : undefined;
}
