import type { Dockerfile } from '../dockerfile/index.ts';
import type { Stage } from './stages/index.ts';

/** Folders and file names of what is not shipped: tests, examples, documentation, tools for those who develop. */
const FOLDER =
  /^(?:tests?|testing|testdata|test[-_].*|.*[-_]tests?|specs?|test-fixtures|testfiles|fixtures|e2e|integration|examples?|samples?|demos?|tutorials?|playground|sandbox|bench(?:marks?)?|dev|devel|development|.*[-_]dev|local(?:host|net|node)?|debug(?:ging)?|diagnostics?|(?:.*[-_])?(?:greeter|hello[-_]?world)(?:[-_].*)?|\.?devcontainer|hack|contrib|docs?|.*[-_]docs?|documentation|conformance|vendor|node_modules|ci|\.ci|\.github|\.gitlab|canary|nightly)$/i;
const NAME =
  /(?:^|[-_.])(?:dev|devel|develop|development|local|tests?|testing|debug|e2e|example|demo|lint|gitpod|ci|canary|nightly)(?:$|[-_.])/i;
/** In the first lines, a comment that leaves no doubt. */
const SAID =
  /\b(?:not (?:meant )?for production|(?:only|solely|just) for (?:local )?(?:dev|development|tests?|testing|debugging)|(?:dev|development|tests?|testing) only)\b/i;
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
