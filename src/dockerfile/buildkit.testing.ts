import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeText, isInstruction, parse, type Arguments, type Instruction } from './index.ts';

/** BuildKit's own code behind a small Go program (conformance/dockerfile): the arbiter. */
const folder = fileURLToPath(new URL('../../conformance/dockerfile', import.meta.url));
/** The one that counts what is reached is another program. */
const counts = process.env['GOCOVERDIR'] !== undefined;
const program = fileURLToPath(new URL(`../../node_modules/.cache/plimsoll/buildkit-oracle${counts ? '-cover' : ''}`, import.meta.url));

export interface Node {
  readonly value: string;
  readonly original?: string;
  readonly flags?: readonly string[];
  readonly json?: boolean;
  readonly start?: number;
  readonly end?: number;
  readonly comments?: readonly string[];
  readonly heredocs?: readonly { Name: string; FileDescriptor: number; Expand: boolean; Chomp: boolean; Content: string }[];
  readonly words?: readonly Node[];
  readonly children?: readonly Node[];
}

export interface Failure {
  readonly message: string;
  readonly lines: readonly number[];
}

export interface Answer {
  readonly tree?: readonly Node[];
  readonly escape?: string;
  readonly parseError?: Failure;
  readonly stageError?: Failure;
  readonly buildError?: Failure;
  readonly warnings?: readonly { rule: string; message: string; lines: readonly number[] }[];
  readonly panic?: string;
}

export interface WordAnswer {
  readonly value: string;
  readonly words: readonly string[];
  readonly matched: readonly string[];
  readonly unmatched: readonly string[];
  readonly error?: string;
}

const hasGo = ((): boolean => {
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** Why BuildKit cannot be asked here; undefined when it can. */
export const whyNoBuildkit: string | undefined = hasGo ? undefined : 'no Go toolchain';

/** Whether the program was built after its source changed. */
function isNewest(): boolean {
  const builtMs = statSync(program, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return readdirSync(folder).every((name) => statSync(join(folder, name)).mtimeMs < builtMs);
}

let built = false;
/** Counts which of BuildKit's statements are reached (bench/buildkit-coverage.mjs). */
const coverage = counts ? ['-cover', '-coverpkg=.,github.com/moby/buildkit/frontend/dockerfile/...'] : [];

/** Builds the program where its source is newer: linking alone takes many seconds. It is put in place whole: other tests may be running it. */
function buildOracle(): string {
  if (built || isNewest()) return program;
  const fresh = `${program}.${process.pid}`;
  execFileSync('go', ['build', ...coverage, '-o', fresh, '.'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  renameSync(fresh, program);
  built = true;
  return program;
}

function ask(questions: unknown): unknown {
  return JSON.parse(
    execFileSync(buildOracle(), {
      input: JSON.stringify(questions),
      encoding: 'utf8',
      maxBuffer: 1 << 30,
      stdio: ['pipe', 'pipe', 'ignore'],
    }),
  );
}

/** `base`: the platform that every base image is for; without it they are for the one that is asked for. `ignore`: .dockerignore. */
export const askBuildkit = (texts: readonly string[], { base = '', ignore = '' } = {}): readonly Answer[] =>
  ask(texts.map((text) => ({ text: Buffer.from(encodeText(text)).toString('base64'), base, ignore }))) as readonly Answer[];

export const expandInBuildkit = (
  words: readonly { text: string; escape: string; env: Readonly<Record<string, string>> }[],
): readonly WordAnswer[] =>
  (ask(words.map((word) => ({ text: '', word }))) as readonly { expanded: WordAnswer }[]).map((answer) => answer.expanded);

/** The Dockerfiles in the source of the BuildKit module. */
export function buildkitFixtures(): readonly { name: string; bytes: Buffer }[] {
  const module = execFileSync('go', ['list', '-m', '-f', '{{.Dir}}', 'github.com/moby/buildkit'], { cwd: folder, encoding: 'utf8' }).trim();
  const parser = join(module, 'frontend/dockerfile/parser');
  return ['testfiles', 'testfiles-negative', 'testfile-line'].flatMap((kind) =>
    filesUnder(join(parser, kind))
      .filter((path) => path.endsWith('Dockerfile'))
      .map((path) => ({ name: path.slice(parser.length + 1), bytes: readFileSync(path) })),
  );
}

const filesUnder = (path: string): string[] =>
  statSync(path).isDirectory() ? readdirSync(path).flatMap((name) => filesUnder(join(path, name))) : [path];

/** What Go's JSON makes of bytes that are no UTF-8. */
export const asGo = (text: string): string => text.replaceAll(/\p{Surrogate}/gu, '\uFFFD');

/** Our tree in the shape of BuildKit's. */
export function treeOf(text: string): readonly Node[] {
  return parse(text).instructions.map((instruction) => ({
    ...nodeOf(instruction),
    start: instruction.startLine,
    end: instruction.endLine,
    ...(instruction.comments.length > 0 ? { comments: instruction.comments.map(asGo) } : {}),
    ...(instruction.heredocs.length > 0
      ? {
          heredocs: instruction.heredocs.map((heredoc) => ({
            Name: asGo(heredoc.name),
            FileDescriptor: heredoc.fileDescriptor,
            Expand: heredoc.expand,
            Chomp: heredoc.chomp,
            Content: asGo(heredoc.content),
          })),
        }
      : {}),
  }));
}

function nodeOf({ keyword, name, line, flags, args }: Instruction): Node {
  // BuildKit leaves an empty node where it knows no instruction of that name.
  const words = isInstruction(name) ? wordsOf(args) : [leaf('')];
  return {
    value: asGo(keyword),
    ...(line === '' ? {} : { original: asGo(line) }),
    ...(flags.length > 0 ? { flags: flags.map((flag) => asGo(flag.text)) } : {}),
    ...(args.form === 'exec' || (args.form === 'health' && args.command.form === 'exec') ? { json: true } : {}),
    ...(words.length > 0 ? { words } : {}),
  };
}

const leaf = (value: string): Node => ({ value: asGo(value) });

function wordsOf(args: Arguments): readonly Node[] {
  switch (args.form) {
    case 'none':
      return [];
    case 'exec':
    case 'words':
      return args.words.map((word) => leaf(word.text));
    case 'text':
      return [leaf(args.word.text)];
    case 'pairs':
      return args.pairs.flatMap((pair) => [leaf(pair.name), leaf(pair.value), leaf(pair.legacy ? '' : '=')]);
    case 'health':
      return [leaf(args.kind.text), ...wordsOf(args.command)];
    case 'trigger':
      return [{ value: '', children: [nodeOf(args.instruction)] }];
  }
}
