import { reader } from '../../reader.ts';
import type { Route } from '../../types.ts';
import type { Running } from '../running.ts';
import { evaluate } from '../source/constant.ts';
import type { Module } from '../source/module.ts';
import { argument, type Expression } from '../source/tree.ts';
import { callsOf } from '../source/walk.ts';
import { HTTP_METHODS, routesFrom } from './route.ts';

export const tornadoRoutes = reader({
  id: 'python/routes/tornado',
  about: 'The handlers that a Tornado application is made with.',
  source: "Tornado's guide, “Structure of a Tornado web application”",
  reads: ['**/*.py'],
  read(running: Running): readonly Route[] {
    if (running.framework !== 'tornado') return [];
    return running.modules.flatMap((module) =>
      callsOf(module).flatMap(({ call }) => {
        if (running.program.qualify(call.callee, module) !== 'tornado.web.Application') return [];
        const handlers = argument(call, 'handlers', 0);
        return handlers?.kind === 'sequence' ? handlers.items.flatMap((item) => routeOf(item, module, running)) : [];
      }),
    );
  },
});

/** `(r"/orders/([0-9]+)", OrderHandler)`, or `url(…)`: a group is a parameter. */
function routeOf(item: Expression, module: Module, { program }: Running): readonly Route[] {
  const [first, handler] = item.kind === 'sequence' ? item.items : item.kind === 'call' ? item.args.map((a) => a.value) : [];
  const known = first && evaluate(first, { module, program, functions: [] })?.value;
  if (typeof known !== 'string' || !handler) return [];
  const path = known.replace(/\$$/, '').replaceAll(/\((?:\?P<(\w+)>)?[^)]*\)/g, (_, name: string | undefined) => `{${name ?? 'value'}}`);
  return routesFrom({ methods: methodsOf(handler, module), path, module, span: item, readsBody: true });
}

function methodsOf(handler: Expression, module: Module): readonly string[] {
  const made = module.body.find((s) => s.kind === 'class' && handler.kind === 'name' && s.name === handler.name);
  const own =
    made?.kind === 'class'
      ? made.body.flatMap((s) =>
          s.kind === 'function' && (HTTP_METHODS as readonly string[]).includes(s.name) ? [s.name.toUpperCase()] : [],
        )
      : [];
  return own.length > 0 ? own : ['GET'];
}
