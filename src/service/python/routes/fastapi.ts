import { reader } from '../../reader.ts';
import type { Route } from '../../types.ts';
import type { Running } from '../running.ts';
import { evaluate } from '../source/constant.ts';
import type { Module } from '../source/module.ts';
import type { Program } from '../source/program.ts';
import { argument, type Call, type Expression, type FunctionNode, type Parameter } from '../source/tree.ts';
import { callsOf, sitesOf } from '../source/walk.ts';
import { handlerOf, HTTP_METHODS, joinRoute, methodsIn, routesFrom, touches } from './route.ts';
import { prefixesOf, type Groups } from './groups.ts';

const GROUPS: Groups = { makers: ['fastapi.APIRouter', 'fastapi.routing.APIRouter'], own: 'prefix', join: 'include_router', at: 'prefix' };

export const fastapiRoutes = reader({
  id: 'python/routes/fastapi',
  about: 'Paths of FastAPI applications and their routers.',
  source: "FastAPI's manual, “Bigger Applications”, “Request Body”",
  reads: ['**/*.py'],
  read(running: Running): readonly Route[] {
    if (running.framework !== 'fastapi') return [];
    const { program, modules } = running;
    return modules.flatMap((module) => [...decorated(module, running), ...added(module, program)]);
  },
});

function decorated(module: Module, running: Running): readonly Route[] {
  const { program } = running;
  return sitesOf(module).flatMap(({ statement }) => {
    if (statement.kind !== 'function') return [];
    return statement.decorators.flatMap((d) => {
      if (d.kind !== 'call' || d.callee.kind !== 'attribute') return [];
      const name = d.callee.name;
      const methods = (HTTP_METHODS as readonly string[]).includes(name)
        ? [name.toUpperCase()]
        : name === 'api_route'
          ? methodsIn(argument(d, 'methods'), ['GET'])
          : [];
      const path = methods.length > 0 ? pathOf(d, module, program) : undefined;
      if (path === undefined) return [];
      const object = d.callee.object;
      return prefixesOf(object, module, running, GROUPS).flatMap((prefix) =>
        routesFrom({ methods, path: joinRoute(prefix, path), module, span: d, readsBody: takesBody(statement, module, program) }),
      );
    });
  });
}

const pathOf = (d: Call, module: Module, program: Program): string | undefined => {
  const path = argument(d, 'path', 0);
  const value = path && evaluate(path, { module, program, functions: [] })?.value;
  return typeof value === 'string' ? value : undefined;
};

function added(module: Module, program: Program): readonly Route[] {
  return callsOf(module).flatMap(({ call }) => {
    if (call.callee.kind !== 'attribute' || call.callee.name !== 'add_api_route') return [];
    const path = pathOf(call, module, program);
    if (path === undefined) return [];
    const handler = handlerOf(argument(call, 'endpoint', 1), module, program);
    return routesFrom({
      methods: methodsIn(argument(call, 'methods'), ['GET']),
      path: joinRoute(path),
      module,
      span: call,
      readsBody: handler !== undefined && takesBody(handler.node, handler.module, program),
    });
  });
}

const BODY_MARKS = new Set(['Body', 'Form', 'File']);
const BODY_METHODS = new Set(['json', 'body', 'form', 'stream']);

/** A parameter that FastAPI fills from the body, or a request whose body is read by hand. */
function takesBody(f: FunctionNode, module: Module, program: Program): boolean {
  const requests = new Set(f.parameters.filter((p) => p.annotation && isNamed(p.annotation, 'Request')).map((p) => p.name));
  return (
    f.parameters.some((p) => fromBody(p, module, program)) || touches(f, (o) => o.kind === 'name' && requests.has(o.name), BODY_METHODS)
  );
}

const isNamed = (e: Expression, name: string): boolean => (e.kind === 'name' || e.kind === 'attribute') && e.name === name;

function fromBody(p: Parameter, module: Module, program: Program): boolean {
  const marks = [p.default, ...(p.annotation?.kind === 'subscript' ? p.annotation.index : [])];
  if (marks.some((m) => m?.kind === 'call' && (m.callee.kind === 'name' || m.callee.kind === 'attribute') && BODY_MARKS.has(m.callee.name)))
    return true;
  const types = p.annotation
    ? [
        p.annotation,
        ...(p.annotation.kind === 'subscript' ? p.annotation.index : []),
        ...(p.annotation.kind === 'binary' ? [p.annotation.left] : []),
      ]
    : [];
  return types.some((t) => isNamed(t, 'UploadFile') || isNamed(t, 'dict') || isModel(t, module, program));
}

/** A local class below pydantic's BaseModel. */
function isModel(e: Expression, module: Module, program: Program, hops = 5): boolean {
  const name = program.qualify(e, module);
  if (name === undefined || hops === 0) return false;
  if (name === 'pydantic.BaseModel' || name === 'sqlmodel.SQLModel') return true;
  const found = program.locate(name);
  const owner = found?.module ?? module;
  const klass = owner.body.find((s) => s.kind === 'class' && s.name === (found?.rest ?? name));
  return klass?.kind === 'class' && klass.bases.some((b) => isModel(b.value, owner, program, hops - 1));
}
