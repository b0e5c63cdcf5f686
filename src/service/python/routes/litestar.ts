import { reader } from '../../reader.ts';
import type { Route } from '../../types.ts';
import type { Running } from '../running.ts';
import { evaluate } from '../source/constant.ts';
import { argument } from '../source/tree.ts';
import { sitesOf } from '../source/walk.ts';
import { HTTP_METHODS, joinRoute, methodsIn, routesFrom } from './route.ts';

export const litestarRoutes = reader({
  id: 'python/routes/litestar',
  about: 'Handlers of Litestar, below the path of their controller.',
  source: "Litestar's manual, “Route handlers”, “Controllers”",
  reads: ['**/*.py'],
  read(running: Running): readonly Route[] {
    if (running.framework !== 'litestar') return [];
    const { program } = running;
    return running.modules.flatMap((module) =>
      sitesOf(module).flatMap(({ statement, classes }) => {
        if (statement.kind !== 'function') return [];
        const prefix = classes.flatMap((c) =>
          c.body.flatMap((s) =>
            s.kind === 'assign' && s.targets.some((t) => t.kind === 'name' && t.name === 'path') && s.value?.kind === 'string'
              ? [s.value.value]
              : [],
          ),
        );
        return statement.decorators.flatMap((d) => {
          const name = d.kind === 'call' ? program.qualify(d.callee, module) : program.qualify(d, module);
          const method = /^litestar(?:\.handlers)?\.(get|post|put|patch|delete|head|route)$/.exec(name ?? '')?.[1];
          if (method === undefined) return [];
          const written = d.kind === 'call' ? argument(d, 'path', 0) : undefined;
          const path = written ? evaluate(written, { module, program, functions: [] })?.value : '';
          if (typeof path !== 'string') return [];
          const methods = method === 'route' && d.kind === 'call' ? methodsIn(argument(d, 'http_method'), ['GET']) : [method.toUpperCase()];
          const readsBody = statement.parameters.some((p) => p.name === 'data');
          return (HTTP_METHODS as readonly string[]).includes(method) || method === 'route'
            ? routesFrom({ methods, path: joinRoute(...prefix, path), module, span: d, readsBody })
            : [];
        });
      }),
    );
  },
});
