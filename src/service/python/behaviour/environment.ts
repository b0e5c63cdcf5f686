import { reader } from '../../reader.ts';
import type { Evidence } from '../../../base/index.ts';
import type { EnvironmentRead } from '../../types.ts';
import type { Running } from '../running.ts';
import { evaluate, type Scope } from '../source/constant.ts';
import type { Module } from '../source/module.ts';
import { expressionsOf, partsOf, type Expression, type FunctionNode, type Statement } from '../source/tree.ts';
import { callsOf, sitesOf, type Site } from '../source/walk.ts';
import { runsByDefault } from './branch.ts';
import { isDemanded } from './demanded.ts';
import { defaultOf, readAt, typeOf, type Read } from './environment-read.ts';
import { looksSecret } from './secret-name.ts';
import { settingsReads } from './settings.ts';

export const environment = reader({
  id: 'python/behaviour/environment',
  about: 'The variables that the source reads: when, whether it needs them, and its defaults.',
  source: 'Python documentation, os.environ; the manuals of pydantic-settings, python-decouple, django-environ, environs, starlette',
  reads: ['**/*.py'],
  read(running: Running): readonly EnvironmentRead[] {
    const direct = running.modules.flatMap((m) => sitesOf(m).flatMap((site) => readsAt(site, running)));
    return merged([...direct, ...settingsReads(running)]);
  },
});

function readsAt(site: Site, running: Running): readonly EnvironmentRead[] {
  const scope = scopeOf(site, running);
  const found: EnvironmentRead[] = [];
  const visit = (e: Expression, around: readonly Expression[]): void => {
    const read = readAt(e, site, scope, around);
    if (read) found.push(...readsOf(read, running));
    for (const part of partsOf(e)) visit(part, [...around, e]);
  };
  for (const e of expressionsOf(site.statement)) visit(e, []);
  return found;
}

const scopeOf = (site: Pick<Site, 'module' | 'functions'>, { program }: Running): Scope => ({
  module: site.module,
  program,
  functions: site.functions,
});

/** One read for each name that the expression may stand for. */
function readsOf(read: Read, running: Running): readonly EnvironmentRead[] {
  const scope = scopeOf(read.site, running);
  const required = isRequired(read, scope);
  const value = defaultOf(read, scope);
  const make = (name: string, site: Pick<Site, 'module' | 'functions' | 'guards'>, at: Evidence): readonly EnvironmentRead[] => {
    const when = running.phases.of(site);
    if (when === 'never') return [];
    const type = typeOf(read, name, value);
    const runs = runsByDefault(site.guards, scopeOf(site, running)) === true;
    return [
      {
        name,
        when,
        required: required && runs,
        ...(value === undefined ? {} : { default: value }),
        secret: looksSecret(name),
        ...(type ? { type } : {}),
        because: [at],
      },
    ];
  };
  const here = read.site.module.file.at(read.expression);
  const known = evaluate(read.name, scope);
  if (typeof known?.value === 'string') return make(known.value, read.site, here);
  const looped = loopedNames(read, scope);
  if (looped.length > 0) return looped.flatMap((n) => make(n.value, read.site, n.module.file.at(n)));
  return parameterNames(read, running).flatMap(({ name, site, at }) => make(name, site, at));
}

function isRequired(read: Read, scope: Scope): boolean {
  if (read.fallback) {
    const known = evaluate(read.fallback, scope);
    return known?.value === '' || known?.value === null ? isDemanded(read) : false;
  }
  if (!read.raises) return isDemanded(read);
  // `try: os.environ['X'] except KeyError`: the handler knows what to do, unless it leaves too.
  return (
    !read.site.guards.some(
      (g) =>
        g.kind === 'try' &&
        (g.catches.length === 0 ||
          g.catches.some(
            (c) => (c.kind === 'name' || c.kind === 'attribute') && ['KeyError', 'Exception', 'LookupError'].includes(c.name),
          )),
    ) || handlerLeaves(read)
  );
}

function handlerLeaves(read: Read): boolean {
  const inner = read.site.guards.findLast((g) => g.kind === 'try');
  return inner?.kind === 'try' && inner.statement.kind === 'try' && inner.statement.handlers.every((h) => isLeaving(h.body));
}

const isLeaving = (body: readonly Statement[]): boolean =>
  body.some(
    (s) =>
      s.kind === 'raise' ||
      (s.kind === 'expression' &&
        s.value?.kind === 'call' &&
        (s.value.callee.kind === 'attribute' || s.value.callee.kind === 'name') &&
        /^_?exit$/.test(s.value.callee.name)),
  );

interface NameAt {
  readonly value: string;
  readonly module: Module;
  readonly from: number;
  readonly to: number;
}

/** `for name in ('A', 'B'): os.environ[name]`, in a loop or a comprehension. */
function loopedNames(read: Read, scope: Scope): readonly NameAt[] {
  if (read.name.kind !== 'name') return [];
  const { name } = read.name;
  const isIt = (e: Expression | undefined): boolean => e?.kind === 'name' && e.name === name;
  const loops = read.site.loops.flatMap((l) => (l.kind === 'loop' && isIt(l.target) && l.over ? [l.over] : []));
  const comprehensions = read.around.flatMap((e) => (e.kind === 'comprehension' && isIt(e.target) ? [e.iterable] : []));
  const [over] = [...comprehensions, ...loops];
  return over ? stringsIn(over, scope) : [];
}

function stringsIn(e: Expression, scope: Scope): readonly NameAt[] {
  if (e.kind === 'sequence')
    return e.items.flatMap((i) => (i.kind === 'string' ? [{ value: i.value, module: scope.module, from: i.from, to: i.to }] : []));
  if (e.kind !== 'name') return [];
  const bodies = [...scope.functions.map((f) => f.body), scope.module.body];
  for (const s of bodies.flat())
    if (s.kind === 'assign' && s.value?.kind === 'sequence' && s.targets.some((t) => t.kind === 'name' && t.name === e.name))
      return stringsIn(s.value, scope);
  return [];
}

/** `def require(name): … os.environ[name]`: the names are where it is called. */
function parameterNames(read: Read, running: Running): readonly { name: string; site: Site; at: Evidence }[] {
  const owner = read.site.functions.at(-1);
  const index =
    read.name.kind === 'name' ? (owner?.parameters.findIndex((p) => read.name.kind === 'name' && p.name === read.name.name) ?? -1) : -1;
  if (!owner || index < 0) return [];
  return running.modules
    .flatMap((m) => callsOf(m))
    .flatMap((site) => {
      if (!isCallOf(site.call.callee, site, owner, read.site.module, running)) return [];
      const named =
        site.call.args.find((a) => a.name === owner.parameters[index]?.name) ?? site.call.args.filter((a) => a.name === undefined)[index];
      const known = named && evaluate(named.value, scopeOf(site, running));
      return typeof known?.value === 'string' ? [{ name: known.value, site, at: site.module.file.at(site.call) }] : [];
    });
}

function isCallOf(callee: Expression, site: Site, owner: FunctionNode, module: Module, { program }: Running): boolean {
  const found = program.locate(program.qualify(callee, site.module) ?? '');
  if (found) return found.module === module && found.rest === owner.name;
  return callee.kind === 'name' && callee.name === owner.name && site.module === module;
}

const ORDER = ['import', 'start', 'handler'] as const;
/** More places than this say no more. */
const MAX_EVIDENCE = 5;

/** One entry for each variable: its earliest read counts, and it is required when any read requires it by then. */
function merged(reads: readonly EnvironmentRead[]): readonly EnvironmentRead[] {
  const names = [...new Set(reads.map((r) => r.name))].toSorted();
  return names.map((name) => mergedOne(reads.filter((r) => r.name === name)));
}

function mergedOne(reads: readonly EnvironmentRead[]): EnvironmentRead {
  const sorted = reads.toSorted((a, b) => ORDER.indexOf(a.when) - ORDER.indexOf(b.when));
  const demanding = sorted.find((r) => r.required);
  const first = demanding ?? sorted[0];
  if (!first) throw new Error('a group of reads is never empty');
  const value = sorted.find((r) => r.default !== undefined)?.default;
  const type = sorted.find((r) => r.type !== undefined)?.type;
  const [head = first.because[0], ...rest] = [first, ...sorted.filter((r) => r !== first)].flatMap((r) => r.because).slice(0, MAX_EVIDENCE);
  return {
    name: first.name,
    when: first.when,
    required: first.required,
    ...(value === undefined || first.required ? {} : { default: value }),
    secret: sorted.some((r) => r.secret),
    ...(type ? { type } : {}),
    because: [head, ...rest],
  };
}
