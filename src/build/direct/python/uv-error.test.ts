import { describe, expect, test } from 'vitest';
import { certain, inFile, UserError } from '../../../base/index.ts';
import { uvError } from './uv-error.ts';

const asked = ['Flask', 'zope.interface', 'werkzeug'].map((name, i) =>
  certain({ name }, inFile('requirements.txt', { start: { line: i + 1, column: 1 }, end: { line: i + 1, column: 9 } }, name)),
);
const explained = (stderr: string): { what: string; line?: number | undefined; hint?: string | undefined } => {
  const error = uvError({ code: 1, stdout: '', stderr } as Parameters<typeof uvError>[0], {
    done: 'resolved',
    target: 'Python 3.13.5',
    asked,
    file: 'requirements.txt',
  });
  return error instanceof UserError ? { what: error.message, line: error.at?.line, hint: error.hint } : { what: error.message };
};

// Texts as uv 0.13 prints them.
describe('what uv refuses is said at the line that asks for it', () => {
  test.each([
    [
      'no wheel at all',
      `error: No solution found when resolving dependencies
  cause: Because zope-interface==3.0 has no usable wheels and you require zope-interface==3.0, we can conclude that your requirements are unsatisfiable.
   hint: Wheels are required for \`zope-interface\` because building from source is disabled for all packages (i.e., with \`--no-build\`)`,
      '`zope-interface==3.0` has no wheel for Python 3.13.5',
      2,
    ],
    [
      'an older form with marks',
      `  × No solution found when resolving dependencies:
  ╰─▶ Because flask==9 has no wheels with a matching platform tag (e.g., \`manylinux_2_36_x86_64\`) and you require flask==9, we can
      conclude that your requirements are unsatisfiable.`,
      '`flask==9` has no wheel for Python 3.13.5',
      1,
    ],
    [
      'no such version',
      'error: No solution found when resolving dependencies\n  cause: Because there is no version of werkzeug==99.0 and you require werkzeug==99.0, we can conclude that your requirements are unsatisfiable.',
      'no such version of `werkzeug==99.0` exists',
      3,
    ],
    [
      'no such package',
      'Because no-such-thing was not found in the package registry and you require no-such-thing, we can conclude that your requirements are unsatisfiable.',
      '`no-such-thing` is not in the package index',
      undefined,
    ],
    [
      'another hash',
      'error: Failed to download `werkzeug==3.1.3`\n  cause: Hash mismatch for `werkzeug==3.1.3`\n\nExpected:\n  sha256:00\n  sha256:01\n\nComputed:\n  sha256:ff\n',
      'what the index serves as `werkzeug==3.1.3` is sha256:ff, and the lock wants sha256:00 sha256:01',
      3,
    ],
    [
      'versions that exclude each other',
      'error: No solution found when resolving dependencies\n  cause: Because flask==3.1.0 depends on werkzeug>=3.1 and you require flask==3.1.0, we can conclude that you require werkzeug>=3.1. And because you require werkzeug==1.0, we can conclude that your requirements are unsatisfiable.',
      'dependencies cannot be resolved: Because flask==3.1.0 depends on werkzeug>=3.1 and you require flask==3.1.0, we can conclude that you require werkzeug>=3.1. And because you require werkzeug==1.0, we can conclude that your requirements are unsatisfiable.',
      1,
    ],
  ])('%s', (_, stderr, what, line) => {
    const said = explained(stderr);
    expect(said).toMatchObject({ what });
    expect(said.line).toBe(line);
    expect(said.hint).toBeTruthy();
  });

  test('a network that fails is no fault of the requirements', () => {
    const said = explained('error: Failed to fetch: `x`\n  cause: error sending request for url\n  cause: dns error');
    expect(said.what).toMatch(/^dependencies could not be resolved: .*dns error$/);
    expect('line' in said).toBe(false);
  });
});
