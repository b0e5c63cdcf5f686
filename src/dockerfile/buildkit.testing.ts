import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { askOracle, conformance } from '../base/oracle.testing.ts';
import { encodeText, isInstruction, parse, type Arguments, type Instruction } from './index.ts';

/** The one that counts which of BuildKit's statements are reached is another program (bench/buildkit-coverage.mjs). */
const COUNTING = { name: '-cover', flags: ['-cover', '-coverpkg=.,github.com/moby/buildkit/frontend/dockerfile/...'] };

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

/** Why BuildKit cannot be asked here; undefined when it can. */
export { whyNoGo as whyNoBuildkit } from '../base/oracle.testing.ts';

/** BuildKit's own code behind a small Go program (conformance/dockerfile): the arbiter. */
const ask = (questions: unknown): unknown =>
  JSON.parse(
    askOracle('dockerfile', JSON.stringify(questions), { variant: process.env['GOCOVERDIR'] === undefined ? undefined : COUNTING }),
  );

/** `base`: the platform that every base image is for; without it they are for the one that is asked for. `ignore`: .dockerignore. */
export const askBuildkit = (texts: readonly string[], { base = '', ignore = '' } = {}): readonly Answer[] =>
  ask(texts.map((text) => ({ text: Buffer.from(encodeText(text)).toString('base64'), base, ignore }))) as readonly Answer[];

export const expandInBuildkit = (
  words: readonly { text: string; escape: string; env: Readonly<Record<string, string>> }[],
): readonly WordAnswer[] =>
  (ask(words.map((word) => ({ text: '', word }))) as readonly { expanded: WordAnswer }[]).map((answer) => answer.expanded);

/** The Dockerfiles in the source of the BuildKit module. */
export function buildkitFixtures(): readonly { name: string; bytes: Buffer }[] {
  const module = execFileSync('go', ['list', '-m', '-f', '{{.Dir}}', 'github.com/moby/buildkit'], {
    cwd: conformance('dockerfile'),
    encoding: 'utf8',
  }).trim();
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
