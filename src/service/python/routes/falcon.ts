import { reader } from '../../reader.ts';
import type { Route } from '../../types.ts';
import type { Running } from '../running.ts';
import { evaluate } from '../source/constant.ts';
import { argument, type Expression } from '../source/tree.ts';
import { callsOf } from '../source/walk.ts';
import type { Module } from '../source/module.ts';
import { HTTP_METHODS, routesFrom } from './route.ts';

export const falconRoutes = reader({
  id: 'python/routes/falcon',
  about: 'Paths that `add_route` gives to resources, with the methods that they answer.',
  source: "Falcon's manual, “Routing”",
  reads: ['**/*.py'],
  read(running: Running): readonly Route[] {
    if (running.framework !== 'falcon') return [];
    return running.modules.flatMap((module) =>
      callsOf(module).flatMap(({ call, functions }) => {
        if (call.callee.kind !== 'attribute' || call.callee.name !== 'add_route') return [];
        const path = argument(call, 'uri_template', 0);
        const known = path && evaluate(path, { module, program: running.program, functions })?.value;
        if (typeof known !== 'string') return [];
        return routesFrom({
          methods: methodsOf(argument(call, 'resource', 1), module, running),
          path: known,
          module,
          span: call,
          readsBody: true,
        });
      }),
    );
  },
});

/** `on_get`, `on_post` of the resource's class, which may stand in another module. */
function methodsOf(resource: Expression | undefined, module: Module, { program }: Running): readonly string[] {
  const callee = resource?.kind === 'call' ? resource.callee : undefined;
  const name = callee?.kind === 'name' ? callee.name : undefined;
  const elsewhere = callee && program.locate(program.qualify(callee, module) ?? '');
  const holder = [...module.body, ...(elsewhere?.module.body ?? [])].find(
    (s) => s.kind === 'class' && (s.name === name || s.name === elsewhere?.rest),
  );
  const own =
    holder?.kind === 'class' ? HTTP_METHODS.filter((m) => holder.body.some((s) => s.kind === 'function' && s.name === `on_${m}`)) : [];
  return own.length > 0 ? own.map((m) => m.toUpperCase()) : ['GET'];
}
