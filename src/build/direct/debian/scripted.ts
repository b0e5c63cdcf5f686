/**
 * Packages that do not work without what a program of theirs makes when they are installed. No code of a package runs
 * here, so they are refused, and not left broken in an image.
 */
export const scripted: ReadonlyMap<string, string> = new Map([
  ['libgvc6', '`dot -c` writes the list of its plugins, and without it `dot` has no layout engine'],
  ['libgvc7', '`dot -c` writes the list of its plugins, and without it `dot` has no layout engine'],
]);
