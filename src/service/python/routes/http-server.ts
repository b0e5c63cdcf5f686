import { reader } from '../../reader.ts';
import type { Route } from '../../types.ts';
import type { Running } from '../running.ts';
import { expressionsIn, statementsIn, type Expression, type FunctionNode } from '../source/tree.ts';
import { sitesOf } from '../source/walk.ts';
import { routesFrom, touches } from './route.ts';

export const httpServerRoutes = reader({
  id: 'python/routes/http-server',
  about: 'Paths that a handler of the standard library compares `self.path` with.',
  source: 'Python documentation, http.server.BaseHTTPRequestHandler',
  reads: ['**/*.py'],
  read({ framework, modules, program }: Running): readonly Route[] {
    if (framework !== 'script') return [];
    return modules.flatMap((module) =>
      sitesOf(module).flatMap(({ statement: f, classes }) => {
        const handles = classes.at(-1)?.bases.some((b) => /^http\.server\.\w*RequestHandler$/.test(program.qualify(b.value, module) ?? ''));
        if (!handles || f.kind !== 'function' || !f.name.startsWith('do_')) return [];
        const methods = [f.name.slice('do_'.length)];
        const readsBody = touches(f, isSelf, new Set(['rfile']));
        return comparedPaths(f).flatMap((at) =>
          at.kind === 'string' ? routesFrom({ methods, path: at.value, module, span: at, readsBody }) : [],
        );
      }),
    );
  },
});

const isSelf = (e: Expression): boolean => e.kind === 'name' && e.name === 'self';
const isPath = (e: Expression): boolean =>
  e.kind === 'attribute' && ((e.name === 'path' && isSelf(e.object)) || (e.name === 'path' && e.object.kind === 'call'));

/** The literals in `self.path == '/health'` and `self.path in ('/a', '/b')`. */
function comparedPaths(f: FunctionNode): readonly Expression[] {
  const names = new Set<string>();
  for (const s of statementsIn(f.body))
    if (s.kind === 'assign' && s.value && mentionsPath(s.value)) for (const t of s.targets) if (t.kind === 'name') names.add(t.name);
  const out: Expression[] = [];
  for (const e of expressionsIn(f.body)) {
    if (e.kind !== 'binary' || (e.operator !== '==' && e.operator !== 'in')) continue;
    if (!isPath(e.left) && !(e.left.kind === 'name' && names.has(e.left.name))) continue;
    const items = e.right.kind === 'sequence' ? e.right.items : [e.right];
    out.push(...items.filter((i) => i.kind === 'string' && i.value.startsWith('/')));
  }
  return out;
}

function mentionsPath(e: Expression): boolean {
  if (isPath(e)) return true;
  const parts =
    e.kind === 'subscript' || e.kind === 'attribute' ? [e.object] : e.kind === 'call' ? [e.callee, ...e.args.map((a) => a.value)] : [];
  return parts.some(mentionsPath);
}
