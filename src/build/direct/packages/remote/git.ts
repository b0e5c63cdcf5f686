import { mkdir, writeFile } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError, UserError } from '../../../../base/index.ts';
import { runProcess, type Digest, type ProcessEnd, type Store } from '../../../../base/node.ts';
import { filled, hidden } from './filled.ts';
import type { RemoteSource } from './source.ts';

const LIMIT_MS = 300_000;
/** Above all else that says something of attributes (gitattributes(5)): the files as they were committed, all of them. */
const ATTRIBUTES = '* -export-ignore -export-subst -filter -ident -text -eol\n';
const COMMIT = /^[0-9a-f]{40}$/;

export interface FetchedCommit {
  /** All 40 digits. */
  readonly commit: string;
  /** A tar of its files, in the store. */
  readonly tar: Digest;
}

type GitSource = RemoteSource & { readonly from: { readonly kind: 'git' } };

/**
 * Fetches a commit by the machine's own git, with its settings; nobody is asked for a password, and no other protocol is
 * spoken than the one that is named. Throws UserError for a revision that is not there, EnvironmentError where there is no
 * git or the repository cannot be had.
 */
export async function fetchCommit(source: GitSource, rev: string | undefined, store: Store, signal?: AbortSignal): Promise<FetchedCommit> {
  const { repository } = source.from;
  const url = filled(repository, source);
  const folder = await store.temporary();
  const git = (...args: string[]): Promise<ProcessEnd> =>
    runProcess({ argv: ['git', ...args], cwd: folder, env: environment(repository), timeoutMs: LIMIT_MS, signal, group: true }).catch(
      (error: unknown) => {
        throw error instanceof EnvironmentError ? withoutGit(source, error) : error;
      },
    );
  await must(git('init', '--quiet', '--bare', '--template=', '.'), source);
  await mkdir(join(folder, 'info'), { recursive: true });
  await writeFile(join(folder, 'info/attributes'), ATTRIBUTES);
  const fetch = (...refs: string[]): Promise<ProcessEnd> => git('fetch', '--quiet', '--no-tags', ...refs);
  // A branch, a tag, or a commit of a server that gives those by their ids; else all branches and tags.
  const one = await fetch('--depth=1', url, rev ?? 'HEAD');
  if (one.code !== 0) await must(fetch(url, '+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'), source);
  const found = await git('rev-parse', '--quiet', '--verify', `${one.code === 0 ? 'FETCH_HEAD' : rev}^{commit}`);
  const commit = found.stdout.trim();
  if (found.code !== 0 || !COMMIT.test(commit) || (COMMIT.test(rev ?? '') && commit !== rev)) throw noSuchRevision(source, rev);
  const modules = await git('cat-file', '-e', `${commit}:.gitmodules`);
  if (modules.code === 0) throw hasModules(source);
  await must(git('archive', '--format=tar', '--output=tree.tar', commit), source);
  return { commit, tar: (await store.put(createReadStream(join(folder, 'tree.tar')))).digest };
}

/** A commit needs no asking what it stands for. */
export const isCommit = (rev: string | undefined): rev is string => rev !== undefined && COMMIT.test(rev);

function environment(repository: string): Readonly<Record<string, string | undefined>> {
  return {
    ...process.env,
    GIT_ALLOW_PROTOCOL: repository.slice(0, repository.indexOf(':')),
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'true',
    SSH_ASKPASS: 'true',
    GIT_SSH_COMMAND: process.env['GIT_SSH_COMMAND'] ?? 'ssh -o BatchMode=yes',
    LC_ALL: 'C',
    // What a hook or a wrapper that runs Plimsoll has set is about another repository.
    GIT_DIR: undefined,
    GIT_WORK_TREE: undefined,
    GIT_INDEX_FILE: undefined,
    GIT_OBJECT_DIRECTORY: undefined,
  };
}

async function must(running: Promise<ProcessEnd>, source: GitSource): Promise<void> {
  const end = await running;
  if (end.code === 0) return;
  const said = end.timedOut ? `it took longer than ${LIMIT_MS / 60_000} minutes` : saidBy(end.stderr);
  throw new EnvironmentError(
    `\`${source.name}\` cannot be fetched from ${hidden(source.url, source)}: ${hidden(said, source)}`,
    `\`git ls-remote ${hidden(source.from.repository, source)}\` must work here without asking for a password: by ssh-agent, a credential helper or netrc`,
    'transient',
  );
}

/** What is wrong comes first; advice follows. */
function saidBy(stderr: string): string {
  const lines = stderr.trim().split('\n');
  return lines.find((line) => /^(fatal|error|ssh|remote):/i.test(line)) ?? lines.at(-1) ?? '';
}

const withoutGit = (source: GitSource, cause: EnvironmentError): EnvironmentError =>
  new EnvironmentError(
    `\`${source.name}\` comes from ${hidden(source.url, source)}, and ${cause.message}`,
    'install git (Debian: `apt-get install git`), so that it is on PATH',
    'permanent',
    { cause },
  );

const noSuchRevision = (source: GitSource, rev: string | undefined): UserError =>
  new UserError(
    `\`${source.name}\`: ${hidden(source.url, source)} has no \`${rev ?? 'HEAD'}\``,
    'name a branch, a tag or a commit that is there',
    source.at,
  );

const hasModules = (source: GitSource): UserError =>
  new UserError(
    `\`${source.name}\`: ${hidden(source.url, source)} has submodules, which are not fetched`,
    'publish a wheel of it to an index, or build the Dockerfile that `plimsoll init` writes, with `dockerfile: {buildPackages: [git]}`',
    source.at,
  );
