import type { Route } from '../../types.ts';
import type { Span } from '../../text.ts';
import { healthOf } from '../behaviour/health-path.ts';
import type { SourceReader } from '../running.ts';
import type { Module } from '../source/module.ts';
import type { Program } from '../source/program.ts';
import { expressionsIn, type Expression, type FunctionNode } from '../source/tree.ts';
import { sitesOf } from '../source/walk.ts';

export type RouteReader = SourceReader<readonly Route[]>;

export interface RouteParts {
  readonly methods: readonly string[];
  readonly path: string;
  readonly module: Module;
  readonly span: Span;
  readonly readsBody: boolean;
}

/** One route for each method. `{…}` and `<…>` are parameters. */
export function routesFrom(parts: RouteParts): readonly Route[] {
  return parts.methods.map((method) => {
    const health = healthOf(method, parts.path);
    const mayReadBody = !['GET', 'HEAD', 'OPTIONS', 'DELETE'].includes(method);
    return {
      method,
      path: parts.path,
      ...(health ? { health } : {}),
      parameters: /[{<]/.test(parts.path) || parts.path.includes('(?P'),
      readsBody: mayReadBody && parts.readsBody,
      at: parts.module.file.at(parts.span),
    };
  });
}

/** `/api` and `/items/` are `/api/items/`; an empty path is the prefix itself. */
export function joinRoute(...parts: readonly string[]): string {
  const path = parts.reduce(
    (whole, part) => (part === '' ? whole : `${whole.replace(/\/$/, '')}${part.startsWith('/') ? '' : '/'}${part}`),
    '',
  );
  return path === '' ? '/' : path;
}

export const HTTP_METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const;

/** The upper-case methods in `methods=['GET', 'post']`; the framework's default when it is absent. */
export function methodsIn(e: Expression | undefined, otherwise: readonly string[]): readonly string[] {
  if (e?.kind === 'string') return [e.value.toUpperCase()];
  if (e?.kind !== 'sequence') return otherwise;
  return e.items.flatMap((i) => (i.kind === 'string' ? [i.value.toUpperCase()] : []));
}

/** The function or class that a handler expression names, with its module. */
export function handlerOf(
  e: Expression | undefined,
  module: Module,
  program: Program,
): { readonly node: FunctionNode; readonly module: Module } | undefined {
  if (!e) return undefined;
  const found = program.locate(program.qualify(e, module) ?? '');
  const [owner, name] = [
    found?.module ?? module,
    found?.rest.split('.').at(-1) ?? (e.kind === 'name' || e.kind === 'attribute' ? e.name : undefined),
  ];
  for (const { statement } of sitesOf(owner))
    if (statement.kind === 'function' && statement.name === name) return { node: statement, module: owner };
  return undefined;
}

/** Whether a function touches one of these attributes or methods of an object: `request.json`, `await request.body()`. */
export function touches(f: FunctionNode, object: (e: Expression) => boolean, names: ReadonlySet<string>): boolean {
  for (const e of expressionsIn(f.body)) if (e.kind === 'attribute' && names.has(e.name) && object(e.object)) return true;
  return false;
}
