import type { Application, Framework } from '../../types.ts';
import type { Module } from '../source/module.ts';
import type { Program } from '../source/program.ts';
import { statementsIn, type Call, type Expression, type FunctionNode, type Statement } from '../source/tree.ts';
import { sitesOf } from '../source/walk.ts';
import { usual, WEIGHT, type Candidate, type Located } from './candidate.ts';

export interface ObjectRule {
  readonly framework: Framework;
  readonly kind: 'asgi' | 'wsgi';
  /** Full names of the classes or functions whose result is an application. */
  readonly makers: readonly string[];
}

/** Applications that a server imports: module-level objects, and functions without required parameters that make one. */
export function objectCandidates({ module, program }: Located, rule: ObjectRule): readonly Candidate[] {
  const name = program.nameOf(module.path);
  if (name === '') return [];
  const found = new Map<string, Candidate>();
  const add = (object: string, factory: boolean, span: { from: number; to: number }): void => {
    const application: Application = { kind: rule.kind, module: name, object, factory, file: module.path };
    const weight = (factory ? WEIGHT.factory : WEIGHT.object) + usual(module.path, object);
    if (!found.has(object))
      found.set(object, { application, framework: rule.framework, root: program.root, at: module.file.at(span), weight });
  };
  for (const { statement, functions, classes, guards } of sitesOf(module)) {
    if (functions.length + classes.length > 0 || guards.some((g) => g.kind === 'main')) continue;
    if (statement.kind === 'function' && isFactory(statement, module, program, rule) && takesNothing(statement))
      add(statement.name, true, trim(module, statement.header));
    if (statement.kind !== 'assign' || statement.value?.kind !== 'call') continue;
    if (!makesApplication(statement.value, module, program, rule)) continue;
    for (const target of statement.targets) if (target.kind === 'name') add(target.name, false, statement);
  }
  return [...found.values()];
}

const trim = (module: Module, span: { from: number; to: number }): { from: number; to: number } => {
  let { to } = span;
  while (to > span.from && /\s/.test(module.file.text[to - 1] ?? '')) to -= 1;
  return { from: span.from, to };
};

const takesNothing = (f: FunctionNode): boolean =>
  f.parameters.every((p) => p.default !== undefined || p.name === 'args' || p.name === 'kwargs');

/** A call of a maker, of a subclass of one, or of a function that returns one. Six hops end any cycle. */
export function makesApplication(call: Call, module: Module, program: Program, rule: Pick<ObjectRule, 'makers'>, hops = 6): boolean {
  const callee = program.qualify(call.callee, module);
  if (callee === undefined || hops === 0) return false;
  if (rule.makers.includes(callee)) return true;
  const local = program.locate(callee);
  if (!local) return false;
  return local.module.body.some((s) => {
    if (s.kind === 'function' && s.name === local.rest) return isFactory(s, local.module, program, rule, hops - 1);
    return (
      s.kind === 'class' && s.name === local.rest && s.bases.some((b) => rule.makers.includes(program.qualify(b.value, local.module) ?? ''))
    );
  });
}

/** A function that returns an application. */
function isFactory(f: FunctionNode, module: Module, program: Program, rule: Pick<ObjectRule, 'makers'>, hops = 6): boolean {
  const own = ownStatements(f.body);
  const makes = (e: Expression | undefined): boolean => e?.kind === 'call' && makesApplication(e, module, program, rule, hops);
  const made = new Set(
    own.flatMap((s) => (s.kind === 'assign' && makes(s.value) ? s.targets.flatMap((t) => (t.kind === 'name' ? [t.name] : [])) : [])),
  );
  return own.some((s) => s.kind === 'return' && (makes(s.value) || (s.value?.kind === 'name' && made.has(s.value.name))));
}

/** Statements of a function, without those of functions and classes inside it. */
export function ownStatements(body: readonly Statement[]): readonly Statement[] {
  const nested = new Set<Statement>();
  const out: Statement[] = [];
  for (const s of statementsIn(body)) {
    if (nested.has(s)) continue;
    out.push(s);
    if (s.kind === 'function' || s.kind === 'class') for (const inner of statementsIn(s.body)) nested.add(inner);
  }
  return out;
}
