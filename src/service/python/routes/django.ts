import { reader } from '../../reader.ts';
import type { Route } from '../../types.ts';
import type { Running } from '../running.ts';
import { evaluate } from '../source/constant.ts';
import type { Module } from '../source/module.ts';
import { argument, type Call, type Expression } from '../source/tree.ts';
import { callsOf } from '../source/walk.ts';
import { handlerOf, joinRoute, routesFrom, touches } from './route.ts';

const BODY = new Set(['body', 'POST', 'FILES', 'data', 'read']);

export const djangoRoutes = reader({
  id: 'python/routes/django',
  about: "Django's URL patterns, from the settings' ROOT_URLCONF through `include`.",
  source: "Django's manual, “URL dispatcher”",
  reads: ['**/urls.py'],
  read(running: Running): readonly Route[] {
    if (running.framework !== 'django') return [];
    const root = rootUrls(running);
    return root ? patterns(root, '', running, 6) : [];
  },
});

/** The module that ROOT_URLCONF names. */
function rootUrls({ modules, program }: Running): Module | undefined {
  for (const module of modules)
    for (const s of module.body)
      if (s.kind === 'assign' && s.targets.some((t) => t.kind === 'name' && t.name === 'ROOT_URLCONF') && s.value?.kind === 'string') {
        const path = program.pathOf(s.value.value);
        if (path !== undefined) return program.sources.module(path);
      }
  return undefined;
}

function patterns(module: Module, prefix: string, running: Running, hops: number): readonly Route[] {
  if (hops === 0) return [];
  const { program } = running;
  return callsOf(module).flatMap(({ call }) => {
    const name = program.qualify(call.callee, module) ?? '';
    if (name === 'django.urls.path' || name === 'django.urls.re_path' || name === 'django.conf.urls.url')
      return pattern(call, name, module, prefix, running, hops);
    // Django REST framework: `router.register('users', UserViewSet)`.
    const isRouter = call.callee.kind === 'attribute' && call.callee.name === 'register' && name !== 'django.contrib.admin.site.register';
    const registered = isRouter ? textOf(call.args[0]?.value, module, running) : undefined;
    if (registered === undefined) return [];
    return routesFrom({ methods: ['GET', 'POST'], path: `${joinRoute(prefix, registered)}/`, module, span: call, readsBody: true });
  });
}

function pattern(call: Call, name: string, module: Module, prefix: string, running: Running, hops: number): readonly Route[] {
  const written = textOf(argument(call, 'route', 0), module, running);
  if (written === undefined) return [];
  const route = name === 'django.urls.path' ? written : written.replace(/^\^/, '').replace(/\$$/, '').replaceAll('\\', '');
  const path = route === '' ? prefix : joinRoute(prefix, route);
  const view = argument(call, 'view', 1);
  if (view?.kind === 'call' && running.program.qualify(view.callee, module) === 'django.urls.include') {
    const included = includedModule(view.args[0]?.value, module, running);
    return included ? patterns(included, path, running, hops - 1) : [];
  }
  const handler = handlerOf(view?.kind === 'call' ? undefined : view, module, running.program);
  const request = handler?.node.parameters[0]?.name;
  const reads = handler !== undefined && touches(handler.node, (o) => o.kind === 'name' && o.name === request, BODY);
  // A view answers any method; one that reads a body is there for POST too.
  return routesFrom({ methods: reads ? ['GET', 'POST'] : ['GET'], path: path === '' ? '/' : path, module, span: call, readsBody: reads });
}

function includedModule(e: Expression | undefined, module: Module, { program }: Running): Module | undefined {
  const first = e?.kind === 'sequence' ? e.items[0] : e;
  const name = first?.kind === 'string' ? first.value : first ? program.qualify(first, module) : undefined;
  const path = name === undefined ? undefined : program.pathOf(name);
  return path === undefined ? undefined : program.sources.module(path);
}

function textOf(e: Expression | undefined, module: Module, { program }: Running): string | undefined {
  const value = e && evaluate(e, { module, program, functions: [] })?.value;
  return typeof value === 'string' ? value : undefined;
}
