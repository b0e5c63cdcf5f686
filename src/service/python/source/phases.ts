import type { Application } from '../../types.ts';
import type { Module } from './module.ts';
import type { Program } from './program.ts';
import type { Call, Expression, FunctionNode } from './tree.ts';
import { callsOf, sitesOf, type CallSite, type Site } from './walk.ts';

/** When code runs. `never`: in `if __name__ == '__main__'` of a module that is imported. */
export type Phase = 'import' | 'start' | 'handler' | 'never';

export interface Phases {
  of(site: Pick<Site, 'module' | 'functions' | 'guards'>): Phase;
}

interface Functions {
  /** By full name: `app.main.create_app`, `app.db.Pool.connect`, `app.main.create_app.inner`. */
  readonly named: ReadonlyMap<string, FunctionNode>;
  readonly names: ReadonlyMap<FunctionNode, string>;
}

/**
 * Follows calls through the application's own functions: what module level calls runs at import; what the factory, the
 * lifespan, start-up handlers and `__main__` call runs at start; the rest while serving.
 */
export function phasesOf(modules: readonly Module[], program: Program, application: Application | undefined): Phases {
  const functions = namedFunctions(modules, program);
  const calls = callsByFunction(modules);
  const isProgram = application?.kind === 'script' || application?.kind === 'module';
  const runsMain = (module: Module): boolean => application === undefined || (isProgram && module.path === application.file);
  const phases = new Map<FunctionNode, Phase>();

  const follow = (roots: readonly FunctionNode[], phase: Phase): void => {
    const queue = [...roots];
    for (let f = queue.pop(); f; f = queue.pop()) {
      if (phases.has(f)) continue;
      phases.set(f, phase);
      for (const site of calls.get(f) ?? []) queue.push(...calledBy(site, program, functions));
    }
  };
  const outer = modules.flatMap((m) => callsOf(m).filter((s) => s.functions.length === 0));
  const inMain = (s: Site): boolean => s.guards.some((g) => g.kind === 'main');
  // What the program's own file calls at its level is the start, not an import: `asyncio.run(main())` in `__main__.py`.
  const isEntry = (s: Site): boolean => isProgram && s.module.path === application.file;
  follow(
    outer.filter((s) => !inMain(s) && !isEntry(s)).flatMap((s) => calledBy(s, program, functions)),
    'import',
  );
  follow(
    [
      ...startRoots(modules, program, application, functions),
      ...outer
        .filter((s) => (inMain(s) && runsMain(s.module)) || (!inMain(s) && isEntry(s)))
        .flatMap((s) => calledBy(s, program, functions)),
    ],
    'start',
  );
  for (const f of onlyFrom(
    outer.filter((s) => inMain(s) && !runsMain(s.module)),
    calls,
    program,
    functions,
  ))
    if (!phases.has(f)) phases.set(f, 'never');
  return {
    of({ module, functions: owners, guards }) {
      // The outermost function that runs early takes what is inside along only if the inner one runs too.
      const owner = owners.at(-1);
      if (owner) return phases.get(owner) ?? 'handler';
      if (!guards.some((g) => g.kind === 'main')) return 'import';
      return runsMain(module) ? 'start' : 'never';
    },
  };
}

/** Functions that nothing calls but code which never runs: `main()` of a module that a server imports. */
function onlyFrom(
  dead: readonly CallSite[],
  calls: ReadonlyMap<FunctionNode, readonly CallSite[]>,
  program: Program,
  functions: Functions,
): ReadonlySet<FunctionNode> {
  const live = new Set([...calls].flatMap(([, sites]) => sites.flatMap((s) => calledBy(s, program, functions))));
  const called = dead.flatMap((s) => calledBy(s, program, functions));
  return new Set(called.filter((f) => !live.has(f) && f.decorators.length === 0));
}

function namedFunctions(modules: readonly Module[], program: Program): Functions {
  const named = new Map<string, FunctionNode>();
  const names = new Map<FunctionNode, string>();
  for (const module of modules)
    for (const { statement, functions, classes } of sitesOf(module)) {
      if (statement.kind !== 'function') continue;
      const outer = functions.at(-1);
      const prefix = outer ? names.get(outer) : [program.nameOf(module.path), ...classes.map((c) => c.name)].filter(Boolean).join('.');
      const name = [prefix, statement.name].filter(Boolean).join('.');
      named.set(name, statement);
      names.set(statement, name);
    }
  return { named, names };
}

function callsByFunction(modules: readonly Module[]): ReadonlyMap<FunctionNode, readonly CallSite[]> {
  const out = new Map<FunctionNode, CallSite[]>();
  for (const site of modules.flatMap((m) => callsOf(m))) {
    const owner = site.functions.at(-1);
    if (!owner) continue;
    const list = out.get(owner) ?? [];
    list.push(site);
    out.set(owner, list);
  }
  return out;
}

/** The own functions that a call runs: itself, a class's `__init__`, and functions handed to `asyncio.run` and the like. */
function calledBy(site: CallSite, program: Program, functions: Functions): readonly FunctionNode[] {
  return resolve(site.call.callee, site, program, functions);
}

/** A function that an expression names where it stands. */
function resolve(e: Expression, site: Site, program: Program, { named, names }: Functions): readonly FunctionNode[] {
  const found = (name: string | undefined): readonly FunctionNode[] => {
    if (name === undefined) return [];
    const local = program.locate(name);
    const full = local ? [program.nameOf(local.module.path), local.rest].filter(Boolean).join('.') : name;
    const direct = named.get(full) ?? named.get(`${full}.__init__`);
    return direct ? [direct] : [];
  };
  if (e.kind === 'name') {
    for (const owner of site.functions.toReversed()) {
      const inner = named.get(`${names.get(owner) ?? ''}.${e.name}`);
      if (inner) return [inner];
    }
    return found(program.qualify(e, site.module));
  }
  if (e.kind !== 'attribute') return [];
  if (e.object.kind === 'name' && (e.object.name === 'self' || e.object.name === 'cls')) {
    const klass = site.classes.at(-1);
    return klass ? found([program.nameOf(site.module.path), klass.name, e.name].filter(Boolean).join('.')) : [];
  }
  const qualified = program.qualify(e, site.module);
  const direct = found(qualified);
  if (direct.length > 0 || e.object.kind !== 'name') return direct;
  return found(methodOf(program.qualify(e.object, site.module), e.name, program));
}

/** `server.start()` where `server = Server()` stands at module level. */
function methodOf(object: string | undefined, method: string, program: Program): string | undefined {
  const local = object === undefined ? undefined : program.locate(object);
  if (!local || local.rest === '') return undefined;
  for (const s of local.module.body)
    if (s.kind === 'assign' && s.value?.kind === 'call' && s.targets.some((t) => t.kind === 'name' && t.name === local.rest)) {
      const klass = program.qualify(s.value.callee, local.module);
      return klass === undefined ? undefined : `${klass}.${method}`;
    }
  return undefined;
}

/** Names of the lists and registrations whose functions run before the first request. */
const START_LISTS = new Set(['on_startup', 'cleanup_ctx', 'startup', 'before_serving']);
const START_EVENTS = new Set(['startup', 'before_server_start']);

function startRoots(
  modules: readonly Module[],
  program: Program,
  application: Application | undefined,
  functions: Functions,
): readonly FunctionNode[] {
  const roots: FunctionNode[] = [];
  if (application && 'object' in application && application.factory) {
    const f = functions.named.get(`${application.module}.${application.object}`);
    if (f) roots.push(f);
  }
  if (application?.kind === 'console') {
    const f = functions.named.get(`${application.module}.${application.calls}`);
    if (f) roots.push(f);
  }
  for (const module of modules) {
    for (const site of callsOf(module)) roots.push(...handed(site).flatMap((e) => resolve(e, site, program, functions)));
    for (const site of sitesOf(module))
      if (site.statement.kind === 'function' && (site.statement.decorators.some(isStartDecorator) || isReadyHook(site)))
        roots.push(site.statement);
  }
  return roots;
}

/** What a call registers to run at start: `FastAPI(lifespan=f)`, `on_startup=[f]`, `app.on_startup.append(f)`, `add_event_handler('startup', f)`. */
function handed({ call }: { readonly call: Call }): readonly Expression[] {
  const out: Expression[] = [];
  for (const { name, value } of call.args) {
    if (name === 'lifespan') out.push(value);
    if (name === 'on_startup' && value.kind === 'sequence') out.push(...value.items);
  }
  const { callee } = call;
  if (callee.kind !== 'attribute') return out;
  const onList = callee.object.kind === 'attribute' && START_LISTS.has(callee.object.name);
  if (onList && (callee.name === 'append' || callee.name === 'extend'))
    out.push(...call.args.flatMap((a) => (a.value.kind === 'sequence' ? a.value.items : [a.value])));
  const [event, handler] = call.args;
  if (callee.name === 'add_event_handler' && event?.value.kind === 'string' && START_EVENTS.has(event.value.value) && handler)
    out.push(handler.value);
  return out;
}

/** `@app.on_event('startup')`, `@app.before_serving`, `@app.before_first_request`. */
function isStartDecorator(e: Expression): boolean {
  if (e.kind === 'attribute') return START_LISTS.has(e.name);
  if (e.kind !== 'call' || e.callee.kind !== 'attribute' || e.callee.name !== 'on_event') return false;
  const first = e.args[0]?.value;
  return first?.kind === 'string' && START_EVENTS.has(first.value);
}

/** `AppConfig.ready`, which Django calls while it starts. */
function isReadyHook({ statement, classes }: Site): boolean {
  return (
    statement.kind === 'function' &&
    statement.name === 'ready' &&
    (classes.at(-1)?.bases.some((b) => b.value.kind === 'name' && b.value.name === 'AppConfig') ?? false)
  );
}
