import type { Running } from '../running.ts';
import { evaluate } from '../source/constant.ts';
import type { Module } from '../source/module.ts';
import { argument, type Call, type Expression } from '../source/tree.ts';
import { callsOf, sitesOf } from '../source/walk.ts';
import { joinRoute } from './route.ts';

/** How a framework groups routes under a prefix: FastAPI's routers, Flask's blueprints. */
export interface Groups {
  readonly makers: readonly string[];
  /** The keyword that gives a group its own prefix. */
  readonly own: string;
  /** The method that joins a group to an application or another group. */
  readonly join: string;
  /** Its keyword for a further prefix. */
  readonly at: string;
  /** Flask: the prefix given when joining takes the place of the group's own. */
  readonly replaces?: true;
}

/**
 * The prefixes under which the routes of an object are served: one for each time it is joined; the empty one for an
 * application, and for a group that nobody joins where we can see it.
 */
export function prefixesOf(object: Expression, module: Module, running: Running, groups: Groups, hops = 5): readonly string[] {
  const made = makerOf(object, module, running);
  if (!made || hops === 0 || !groups.makers.includes(running.program.qualify(made.call.callee, made.module) ?? '')) return [''];
  const own = textOf(argument(made.call, groups.own), made.module, running) ?? '';
  const joins = joinsOf(made.key, running, groups);
  if (joins.length === 0) return [own];
  return joins.flatMap((j) => {
    const given = textOf(argument(j.call, groups.at), j.module, running);
    const prefix = groups.replaces ? (given ?? own) : joinRoute(given ?? '', own);
    const outer = j.call.callee.kind === 'attribute' ? prefixesOf(j.call.callee.object, j.module, running, groups, hops - 1) : [''];
    return outer.map((o) => joinRoute(o, prefix === '/' ? '' : prefix)).map((p) => (p === '/' ? '' : p));
  });
}

interface Made {
  readonly call: Call;
  readonly module: Module;
  /** `module path:name`. */
  readonly key: string;
}

function makerOf(e: Expression, module: Module, { program }: Running): Made | undefined {
  const found = program.locate(program.qualify(e, module) ?? '');
  const [owner, name] = found ? [found.module, found.rest] : [module, e.kind === 'name' ? e.name : undefined];
  for (const { statement: s } of sitesOf(owner))
    if (s.kind === 'assign' && s.value?.kind === 'call' && s.targets.some((t) => t.kind === 'name' && t.name === name))
      return { call: s.value, module: owner, key: `${owner.path}:${name}` };
  return undefined;
}

function joinsOf(key: string, running: Running, groups: Groups): readonly { call: Call; module: Module }[] {
  return running.modules.flatMap((module) =>
    callsOf(module).flatMap(({ call }) => {
      const [first] = call.args;
      const joins = call.callee.kind === 'attribute' && call.callee.name === groups.join && first;
      return joins && makerOf(first.value, module, running)?.key === key ? [{ call, module }] : [];
    }),
  );
}

function textOf(e: Expression | undefined, module: Module, { program }: Running): string | undefined {
  const value = e && evaluate(e, { module, program, functions: [] })?.value;
  return typeof value === 'string' ? value : undefined;
}
