import type { Framework } from '../../types.ts';
import { baseName, folderOf } from '../../repository.ts';
import { trimmed, type Span } from '../../text.ts';
import { reachableFrom } from '../source/reachable.ts';
import { sitesOf, shownSpan, isMainTest } from '../source/walk.ts';
import { applicationReader, usual, WEIGHT, type Candidate, type Located } from './candidate.ts';
import { servingCall } from './serving.ts';

export const script = applicationReader({
  id: 'python/frameworks/script',
  about: 'A program that serves by itself: a script with `__main__`, a package with `__main__.py`.',
  source: 'Python documentation, “__main__ — Top-level code environment”',
  reads: ['**/*.py'],
  mentions: ['__main__', 'serve_forever', 'run_forever', 'start_server', 'BlockingScheduler', '_polling'],
  read(located) {
    const { module, program } = located;
    const main = sitesOf(module).find(
      ({ statement }) => statement.kind === 'if' && statement.branches.some((b) => b.test && isMainTest(b.test)),
    );
    const isMain = baseName(module.path) === '__main__.py';
    const own = servingCall(module, program);
    const outside = own !== undefined && own.functions.length === 0;
    if (!main && !isMain && !outside) return [];
    const serving =
      own ??
      reachableFrom(module, program)
        .map((m) => servingCall(m, program))
        .find(Boolean);
    const weight = (serving ? WEIGHT.served : WEIGHT.script) + usual(module.path);
    const first = module.body[0];
    const span = main
      ? trimmed(module.file.text, shownSpan(main.statement))
      : own
        ? own.call
        : first
          ? shownSpan(first)
          : { from: 0, to: 0 };
    return [programCandidate(located, 'script', weight, span)];
  },
});

/** How `python` runs a file: by its path when it lies on the path's first folder, else by its module name. */
export function programCandidate({ module, program }: Located, framework: Framework, weight: number, span: Span): Candidate {
  const name = program.nameOf(module.path);
  const byName = folderOf(module.path) !== program.root;
  const application = byName
    ? ({ kind: 'module', module: name.replace(/\.__main__$/, ''), file: module.path } as const)
    : ({ kind: 'script', file: module.path } as const);
  return { application, framework, root: program.root, at: module.file.at(span), weight };
}
