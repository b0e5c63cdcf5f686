import type { Dockerfile, Instruction } from '../dockerfile/index.ts';
import type { Stage } from './stages/index.ts';

/**
 * Folders and file names of what is not shipped: tests, examples, documentation, tools for those who develop. A folder
 * with a full version holds a release that is out already, or a copy of somebody else's.
 */
const FOLDER =
  /^\.?(?:tests?|testing|testdata|test[-_].*|.*[-_]tests?|specs?|test-fixtures|testfiles|fixtures|e2e|playwright|cypress|e2e[-_].*|.*[-_]e2e|integration|examples?|samples?|samples?[-_.].*|demos?|.*[-_]in[-_]a[-_]box|experiment(?:s|al)?|load[-_]?(?:generator|tests?)|tutorials?|playground|sandbox|bench(?:marks?)?|dev|dev[-_]env.*|devel|development|.*[-_]dev|local(?:host|net|node)?|debug(?:ging)?|diagnostics?|(?:.*[-_])?(?:greeter|hello[-_]?world)(?:[-_].*)?|\.?devcontainer|hack|contrib|docs?|.*[-_]docs?|documentation|conformance|vendor|node_modules|ci|\.ci|\.github|\.gitlab|canary|nightly|(?:.*-)?v?\d+\.\d+\.\d+)$/i;
const NAME =
  /(?:^|[-_.])(?:dev|devel|develop|development|local|tests?|[a-z]+\d+tests?|testing|debug|e2e|playwright|cypress|example|demo|lint|gitpod|ci|canary|nightly|conformance|coverage|experimental)(?:$|[-_.])/i;
/** In the first lines, a comment that leaves no doubt. */
const SAID =
  /\b(?:not (?:(?:meant|suitable|intended) )?for production|(?:only|solely|just) for (?:local )?(?:dev|development|tests?|testing|debugging)|(?:dev|development|tests?|testing) only|except (?:for|in) (?:tests?|testing)|only\W+in (?:our )?(?:tests?|testing)|used? (?:for|in) (?:e2e|end[- ]to[- ]end|integration|conformance) tests?)\b/i;
/** How to use it, as a command: it is there for the tests. */
const USED_IN_TESTS = /^\s*(?:>|\$)?\s*(?:go test|pytest|npm test|cargo test|make test|docker run\b.*\btest-\w+)\b/;
const TOP = 12;

/**
 * What says that a Dockerfile is for tests, examples or development: its path within the repository, or a comment at its
 * top; undefined where nothing does. What makes a good image is no matter there; what breaks or leaks is.
 */
export function developmentSaidBy({ nodes }: Dockerfile, path: string): 'path' | 'comment' | undefined {
  const folders = path.split('/');
  const name = folders.pop() ?? '';
  if (NAME.test(name) || folders.some((folder) => FOLDER.test(folder))) return 'path';
  return isSaidAtTop(nodes, SAID) || isSaidAtTop(nodes, USED_IN_TESTS) ? 'comment' : undefined;
}

const isSaidAtTop = (nodes: Dockerfile['nodes'], words: RegExp): boolean =>
  nodes.some((node) => node.kind === 'comment' && node.line <= TOP && words.test(node.text));

const STAGE = /(?:^|[-_.])(?:dev|devel|develop|development|local|test|tests|testing|ci|debug|e2e|example|demo)(?:$|[-_.])/;
/** In the first lines, a comment that speaks of development, if only of some part. */
const HINTED =
  /\b(?:for|in|during|local) (?:local |the )?(?:dev|development|tests?|testing|debug|debugging|demo)\b|\b(?:dev|development|test|debug|demo)[- ](?:image|docker ?file|environment|container|build|only|server|setup)\b|not (?:for|in) production|^(?:dev|development|debug)\b/i;

/** Whether a stage may be for development or tests, by its name or a comment at the file's top: for rules on how a service starts. */
export const mayBeForDevelopment = ({ nodes }: Dockerfile, { name }: Stage): boolean =>
  STAGE.test(name ?? '') || isSaidAtTop(nodes, HINTED);

/**
 * Whether a line is in a stage that is for development or tests by its name, and that nothing else is made of:
 * what makes a good image is no matter there either.
 */
export function developmentStages({ instructions }: Dockerfile): (line: number) => boolean {
  const froms = instructions.filter(({ name }) => name === 'FROM');
  const ranges = froms.flatMap((from, i) => {
    const name = STAGE_NAME.exec(from.line)?.[1];
    if (name === undefined || !STAGE.test(name.toLowerCase()) || instructions.some((other) => other !== from && takes(other, name)))
      return [];
    return [{ start: from.startLine, end: froms[i + 1]?.startLine ?? Number.POSITIVE_INFINITY }];
  });
  return (line) => ranges.some(({ start, end }) => line >= start && line < end);
}

const STAGE_NAME = /\sAS\s+(\S+)\s*$/i;

/** `FROM test`, `COPY --from=test`, `RUN --mount=type=bind,from=test`. */
const takes = ({ name, line }: Instruction, stage: string): boolean =>
  line.toLowerCase().includes(stage.toLowerCase()) && (name === 'FROM' || line.includes('from='));
