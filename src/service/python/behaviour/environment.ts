import { reader } from '../../reader.ts';
import type { Evidence } from '../../../base/index.ts';
import type { EnvironmentRead } from '../../types.ts';
import type { Running } from '../running.ts';
import { evaluate } from '../source/constant.ts';
import type { Scope } from '../source/known.ts';
import type { Module } from '../source/module.ts';
import { expressionsOf, partsOf, type Expression } from '../source/tree.ts';
import { sitesOf, type Site } from '../source/walk.ts';
import { runsByDefault } from './branch.ts';
import { isRequired } from './demanded.ts';
import { defaultOf, readAt, typeOf, type Read } from './environment-read.ts';
import { readsThrough } from './helper-read.ts';
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
    found.push(...(read ? [read] : readsThrough(e, site, scope, around)).flatMap((r) => readsOf(r, running)));
    for (const part of partsOf(e)) visit(part, [...around, e]);
  };
  for (const e of expressionsOf(site.statement)) visit(e, []);
  return found;
}

const scopeOf = ({ module, functions, classes }: Site, { program }: Running): Scope => ({ module, program, functions, classes });

/** One read for each name that the expression may stand for. */
function readsOf(read: Read, running: Running): readonly EnvironmentRead[] {
  const scope = scopeOf(read.site, running);
  const required = isRequired(read, scope);
  const value = defaultOf(read, scope);
  const make = (name: string, at: Evidence): readonly EnvironmentRead[] => {
    const when = running.phases.of(read.site);
    if (when === 'never') return [];
    const type = typeOf(read, name, value);
    const runs = runsByDefault(read.site.guards, scope) === true;
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
  if (typeof known?.value === 'string') return make(known.value, here);
  return loopedNames(read, scope).flatMap((n) => make(n.value, n.module.file.at(n)));
}

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
