import type { Module } from './module.ts';
import type { Program } from './program.ts';

/** The modules that an import of `start` may run, in the order in which they are met; guarded imports count. */
export function reachableFrom(start: Module, program: Program): readonly Module[] {
  const seen = new Set<string>([start.path]);
  const queue: Module[] = [start];
  const meet = (path: string | undefined): void => {
    if (path === undefined || seen.has(path)) return;
    seen.add(path);
    queue.push(program.sources.module(path));
  };
  for (let i = 0; i < queue.length; i += 1) {
    const module = queue[i];
    if (!module) break;
    meetPackages(program.nameOf(module.path), program, meet);
    for (const b of module.bindings) {
      const target = program.target(b, module);
      meetPackages(target, program, meet);
      meet(program.pathOf(target));
      if (b.name !== undefined) meet(program.pathOf(`${target}.${b.name}`));
    }
  }
  return queue;
}

/** Importing `a.b.c` runs `a` and `a.b` first: Language Reference, 5.3.4. */
function meetPackages(dotted: string, program: Program, meet: (path: string | undefined) => void): void {
  const parts = dotted.split('.');
  for (let n = 1; n < parts.length; n += 1) meet(program.pathOf(parts.slice(0, n).join('.')));
}
