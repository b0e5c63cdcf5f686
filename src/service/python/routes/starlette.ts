import { reader } from '../../reader.ts';
import type { Route } from '../../types.ts';
import type { Running } from '../running.ts';
import { evaluate } from '../source/constant.ts';
import type { Module } from '../source/module.ts';
import { argument, type Call, type Expression } from '../source/tree.ts';
import { callsOf } from '../source/walk.ts';
import { handlerOf, joinRoute, methodsIn, routesFrom, touches } from './route.ts';

const BODY = new Set(['json', 'body', 'form', 'stream']);

export const starletteRoutes = reader({
  id: 'python/routes/starlette',
  about: "Starlette's `Route` and `Mount`, wherever they are listed; FastAPI applications may use them too.",
  source: "Starlette's manual, “Routing”",
  reads: ['**/*.py'],
  read(running: Running): readonly Route[] {
    if (running.framework !== 'starlette' && running.framework !== 'fastapi') return [];
    return running.modules.flatMap((module) => {
      const calls = callsOf(module).map((s) => s.call);
      const mounts = calls.filter((c) => isCallTo(c, 'Mount', module, running));
      return calls.flatMap((call) => {
        const added = call.callee.kind === 'attribute' && call.callee.name === 'add_route';
        return added || isCallTo(call, 'Route', module, running) ? routeAt(call, mounts, module, running) : [];
      });
    });
  },
});

const isCallTo = (call: Call, name: string, module: Module, { program }: Running): boolean =>
  program.qualify(call.callee, module) === `starlette.routing.${name}`;

function routeAt(call: Call, mounts: readonly Call[], module: Module, running: Running): readonly Route[] {
  const path = textOf(argument(call, 'path', 0), module, running);
  if (path === undefined) return [];
  const prefixes = mounts
    .filter((m) => m.from < call.from && call.to < m.to)
    .map((m) => textOf(argument(m, 'path', 0), module, running) ?? '');
  const handler = handlerOf(argument(call, 'endpoint', 1) ?? argument(call, 'route', 1), module, running.program);
  const request = handler?.node.parameters.find((p) => p.name !== 'self')?.name;
  const readsBody = handler !== undefined && touches(handler.node, (o) => o.kind === 'name' && o.name === request, BODY);
  return routesFrom({
    methods: methodsIn(argument(call, 'methods'), ['GET']),
    path: joinRoute(...prefixes, path),
    module,
    span: call,
    readsBody,
  });
}

function textOf(e: Expression | undefined, module: Module, { program }: Running): string | undefined {
  const value = e && evaluate(e, { module, program, functions: [] })?.value;
  return typeof value === 'string' ? value : undefined;
}
