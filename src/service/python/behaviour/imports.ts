import { reader } from '../../reader.ts';
import type { ImportRead } from '../../types.ts';
import type { Running } from '../running.ts';
import { isStandard } from '../source/standard-library.ts';
import type { Expression } from '../source/tree.ts';
import { sitesOf, type Guard, type Site } from '../source/walk.ts';

export const imports = reader({
  id: 'python/behaviour/imports',
  about: 'Modules outside the standard library that the application imports, and whether each import may fail.',
  source: 'Language Reference, “The import statement”; PEP 484, TYPE_CHECKING',
  reads: ['**/*.py'],
  read({ modules, phases, program }: Running): readonly ImportRead[] {
    const found = modules.flatMap((module) =>
      sitesOf(module).flatMap((site) => {
        if (site.statement.kind !== 'import' || phases.of(site) === 'never') return [];
        return site.statement.bindings.flatMap((b): ImportRead[] => {
          const dotted = b.level > 0 ? program.target(b, module) : b.module;
          const top = dotted.split('.')[0] ?? '';
          if (top === '' || isStandard(top)) return [];
          return [{ module: top, dotted, unguarded: !isGuarded(site), file: module.path, range: module.file.range(site.statement) }];
        });
      }),
    );
    // `from a import b, c` is one import of `a`.
    return [...new Map(found.map((i) => [`${i.file}:${i.range.start.line}:${i.dotted}`, i])).values()];
  },
});

/** In a function, a `try` that catches ImportError or the OSError of a library that cannot be opened, TYPE_CHECKING, or a branch on platform or version. */
export function isGuarded(site: Site): boolean {
  return site.functions.length > 0 || site.guards.some(guards);
}

function guards(g: Guard): boolean {
  if (g.kind === 'except') return true;
  if (g.kind === 'try')
    return g.catches.length === 0 || g.catches.some((c) => isNamed(c, 'ImportError', 'ModuleNotFoundError', 'OSError', 'Exception'));
  return g.kind === 'if';
}

const isNamed = (e: Expression, ...names: readonly string[]): boolean =>
  (e.kind === 'name' || e.kind === 'attribute') && names.includes(e.name);
