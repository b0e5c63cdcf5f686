import { reader } from '../../reader.ts';
import type { Route } from '../../types.ts';
import type { Running } from '../running.ts';
import { evaluate } from '../source/constant.ts';
import type { Module } from '../source/module.ts';
import { argument, type Call, type Expression, type FunctionNode } from '../source/tree.ts';
import { callsOf, sitesOf } from '../source/walk.ts';
import { prefixesOf, type Groups } from './groups.ts';
import { handlerOf, HTTP_METHODS, joinRoute, methodsIn, routesFrom, touches } from './route.ts';

const GROUPS: Groups = {
  makers: ['flask.Blueprint', 'flask.blueprints.Blueprint', 'quart.Blueprint', 'sanic.Blueprint', 'sanic.blueprints.Blueprint'],
  own: 'url_prefix',
  join: 'register_blueprint',
  at: 'url_prefix',
  replaces: true,
};
const BODY = new Set(['json', 'get_json', 'data', 'get_data', 'form', 'files', 'stream', 'values']);

/** Frameworks whose decorators are the same. */
const ALIKE: readonly string[] = ['flask', 'quart', 'bottle', 'sanic'];

export const flaskRoutes = reader({
  id: 'python/routes/flask',
  about: 'Paths of Flask applications and their blueprints, and of those that are written alike: Quart, Bottle, Sanic.',
  source: "Flask's API, “URL Route Registrations”, “Blueprint Objects”",
  reads: ['**/*.py'],
  read(running: Running): readonly Route[] {
    if (!ALIKE.includes(running.framework ?? '')) return [];
    return running.modules.flatMap((module) => [...decorated(module, running), ...added(module, running)]);
  },
});

function decorated(module: Module, running: Running): readonly Route[] {
  return sitesOf(module).flatMap(({ statement }) => {
    if (statement.kind !== 'function') return [];
    return statement.decorators.flatMap((d) => {
      if (d.kind !== 'call' || d.callee.kind !== 'attribute') return [];
      const name = d.callee.name;
      const methods = (HTTP_METHODS as readonly string[]).includes(name)
        ? [name.toUpperCase()]
        : name === 'route'
          ? methodsIn(argument(d, 'methods') ?? argument(d, 'method'), ['GET'])
          : [];
      return methods.length === 0
        ? []
        : served(
            d,
            methods,
            d.callee.object,
            argument(d, 'rule', 0) ?? argument(d, 'path', 0) ?? argument(d, 'uri', 0),
            statement,
            module,
            running,
          );
    });
  });
}

function added(module: Module, running: Running): readonly Route[] {
  return callsOf(module).flatMap(({ call }) => {
    if (call.callee.kind !== 'attribute' || call.callee.name !== 'add_url_rule') return [];
    const handler = handlerOf(argument(call, 'view_func', 2), module, running.program)?.node;
    return served(
      call,
      methodsIn(argument(call, 'methods'), ['GET']),
      call.callee.object,
      argument(call, 'rule', 0),
      handler,
      module,
      running,
    );
  });
}

function served(
  at: Call,
  methods: readonly string[],
  object: Expression,
  rule: Expression | undefined,
  handler: FunctionNode | undefined,
  module: Module,
  running: Running,
): readonly Route[] {
  const { program } = running;
  const path = rule && evaluate(rule, { module, program, functions: [] })?.value;
  if (typeof path !== 'string') return [];
  const readsBody =
    handler !== undefined &&
    touches(handler, (o) => ['flask.request', 'quart.request', 'bottle.request'].includes(program.qualify(o, module) ?? ''), BODY);
  return prefixesOf(object, module, running, GROUPS).flatMap((prefix) =>
    routesFrom({ methods, path: joinRoute(prefix, path), module, span: at, readsBody }),
  );
}
