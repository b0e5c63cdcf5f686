import { reader } from '../../reader.ts';
import type { Route } from '../../types.ts';
import type { Running } from '../running.ts';
import { evaluate } from '../source/constant.ts';
import type { Module } from '../source/module.ts';
import type { Call, Expression } from '../source/tree.ts';
import { callsOf, sitesOf } from '../source/walk.ts';
import { handlerOf, HTTP_METHODS, joinRoute, routesFrom, touches } from './route.ts';

const BODY = new Set(['json', 'read', 'text', 'post', 'content', 'multipart']);
const METHODS: readonly string[] = HTTP_METHODS;

export const aiohttpRoutes = reader({
  id: 'python/routes/aiohttp',
  about: 'Paths of aiohttp: `add_get`, `web.get`, `RouteTableDef` decorators.',
  source: "aiohttp's manual, “Web Server Quickstart”",
  reads: ['**/*.py'],
  read(running: Running): readonly Route[] {
    if (running.framework !== 'aiohttp') return [];
    return running.modules.flatMap((module) => [...called(module, running), ...decorated(module, running)]);
  },
});

function called(module: Module, running: Running): readonly Route[] {
  return callsOf(module).flatMap(({ call }) => {
    const method = methodOf(call, module, running);
    if (method === undefined) return [];
    const [first, second, third] = call.args;
    if (method === '*') {
      const verb = textOf(first?.value, module, running);
      return verb === undefined ? [] : routeAt(call, verb.toUpperCase(), second?.value, third?.value, module, running);
    }
    return routeAt(call, method, first?.value, second?.value, module, running);
  });
}

/** `web.get(…)`, `app.router.add_get(…)`, `app.router.add_route('GET', …)` as `*`. */
function methodOf(call: Call, module: Module, { program }: Running): string | undefined {
  const name = program.qualify(call.callee, module) ?? '';
  const verb = METHODS.find((m) => name === `aiohttp.web.${m}`);
  if (verb !== undefined) return verb.toUpperCase();
  if (name === 'aiohttp.web.route') return '*';
  if (call.callee.kind !== 'attribute') return undefined;
  if (call.callee.name === 'add_route') return '*';
  const added = METHODS.find((m) => call.callee.kind === 'attribute' && call.callee.name === `add_${m}`);
  return added?.toUpperCase();
}

function decorated(module: Module, running: Running): readonly Route[] {
  return sitesOf(module).flatMap(({ statement: s }) => {
    if (s.kind !== 'function') return [];
    return s.decorators.flatMap((d) => {
      const verb = d.kind === 'call' && d.callee.kind === 'attribute' ? d.callee.name : '';
      return d.kind === 'call' && METHODS.includes(verb)
        ? routeAt(d, verb.toUpperCase(), d.args[0]?.value, { kind: 'name', name: s.name, from: 0, to: 0 }, module, running)
        : [];
    });
  });
}

function routeAt(
  call: Call,
  method: string,
  path: Expression | undefined,
  handler: Expression | undefined,
  module: Module,
  running: Running,
): readonly Route[] {
  const text = textOf(path, module, running);
  if (text === undefined) return [];
  const found = handlerOf(handler, module, running.program);
  const request = found?.node.parameters.find((p) => p.name !== 'self')?.name;
  const readsBody = found !== undefined && touches(found.node, (o) => o.kind === 'name' && o.name === request, BODY);
  return routesFrom({ methods: [method], path: joinRoute(text), module, span: call, readsBody });
}

function textOf(e: Expression | undefined, module: Module, { program }: Running): string | undefined {
  const value = e && evaluate(e, { module, program, functions: [] })?.value;
  return typeof value === 'string' ? value : undefined;
}
