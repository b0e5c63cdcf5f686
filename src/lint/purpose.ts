import type { Dockerfile } from '../dockerfile/index.ts';

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
 * Whether a Dockerfile is for tests, examples or development, and says so: in its path within the repository or in a comment
 * at its top. What makes a good image is no matter there; what breaks or leaks is.
 */
export function isForDevelopment({ nodes }: Dockerfile, path: string): boolean {
  const folders = path.split('/');
  const name = folders.pop() ?? '';
  return (
    NAME.test(name) ||
    folders.some((folder) => FOLDER.test(folder)) ||
    nodes.some((node) => node.kind === 'comment' && node.line <= TOP && (SAID.test(node.text) || USED_IN_TESTS.test(node.text)))
  );
}
