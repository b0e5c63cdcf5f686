import type { Module } from './module.ts';
import type { Program } from './program.ts';
import { argument, type ClassNode, type Expression } from './tree.ts';
import type { Span } from '../../text.ts';

/** One field of a pydantic settings class. */
export interface SettingsField extends Span {
  readonly field: string;
  /** The variables that fill it, in pydantic's order. */
  readonly variables: readonly string[];
  readonly annotation?: Expression;
  readonly default?: Expression;
  readonly required: boolean;
}

const V2 = 'pydantic_settings.BaseSettings';
const V1 = ['pydantic.BaseSettings', 'pydantic.v1.BaseSettings'];

/** The pydantic settings class with this name in a module, through local base classes; undefined when it is none. */
export function settingsFields(klass: ClassNode, module: Module, program: Program, hops = 4): readonly SettingsField[] | undefined {
  const bases = klass.bases.filter((b) => b.name === undefined).map((b) => program.qualify(b.value, module) ?? '');
  const old = bases.some((b) => V1.includes(b));
  const inherited = bases.flatMap((b) => (hops > 0 ? (localClass(b, program, hops) ?? []) : []));
  if (!bases.includes(V2) && !old && inherited.length === 0) return undefined;
  const config = configOf(klass);
  const own = klass.body.flatMap((s): SettingsField[] => {
    const target = s.kind === 'assign' ? s.targets[0] : undefined;
    if (s.kind !== 'assign' || target?.kind !== 'name' || target.name === 'model_config' || target.name.startsWith('_')) return [];
    if (s.annotation === undefined && (old || s.value === undefined)) return [];
    if (s.annotation && module.file.text.slice(s.annotation.from, s.annotation.to).startsWith('ClassVar')) return [];
    return [fieldOf(target.name, s, config, old)];
  });
  const names = new Set(own.map((f) => f.field));
  return [...inherited.filter((f) => !names.has(f.field)), ...own];
}

function localClass(name: string, program: Program, hops: number): readonly SettingsField[] | undefined {
  const local = program.locate(name);
  const klass = local?.module.body.find((s) => s.kind === 'class' && s.name === local.rest);
  return local && klass?.kind === 'class' ? settingsFields(klass, local.module, program, hops - 1) : undefined;
}

interface Config {
  readonly prefix: string;
}

/** `model_config = SettingsConfigDict(env_prefix='X_')`, a dictionary, or the inner `class Config` of version 1. */
function configOf(klass: ClassNode): Config {
  for (const s of klass.body) {
    if (s.kind === 'assign' && s.targets[0]?.kind === 'name' && s.targets[0].name === 'model_config') {
      const value = s.value;
      const prefix =
        value?.kind === 'call'
          ? argument(value, 'env_prefix')
          : value?.kind === 'dictionary'
            ? value.entries.find((e) => e.key?.kind === 'string' && e.key.value === 'env_prefix')?.value
            : undefined;
      if (prefix?.kind === 'string') return { prefix: prefix.value };
    }
    if (s.kind === 'class' && s.name === 'Config')
      for (const inner of s.body)
        if (
          inner.kind === 'assign' &&
          inner.targets[0]?.kind === 'name' &&
          inner.targets[0].name === 'env_prefix' &&
          inner.value?.kind === 'string'
        )
          return { prefix: inner.value.value };
  }
  return { prefix: '' };
}

function fieldOf(
  field: string,
  s: { readonly from: number; readonly to: number; readonly annotation?: Expression; readonly value?: Expression },
  config: Config,
  old: boolean,
): SettingsField {
  const call = s.value?.kind === 'call' && calleeName(s.value.callee) === 'Field' ? s.value : undefined;
  const first = call ? argument(call, 'default', 0) : s.value;
  const isEllipsis = first?.kind === 'other' && first.to - first.from === 3;
  const made = call ? argument(call, 'default_factory') : undefined;
  const value = isEllipsis ? undefined : first;
  // Version 1 lets `Optional[X]` stand without a default; version 2 does not: pydantic's migration guide.
  const optional = old && s.annotation !== undefined && isOptional(s.annotation);
  const aliases = call ? aliasesOf(argument(call, 'validation_alias') ?? argument(call, old ? 'env' : 'alias')) : [];
  return {
    from: s.from,
    to: s.to,
    field,
    // An alias stands alone, the prefix is for field names: pydantic-settings' manual, “Environment variable names”.
    variables: aliases.length > 0 ? aliases : [(config.prefix + field).toUpperCase()],
    ...(s.annotation ? { annotation: s.annotation } : {}),
    ...(value ? { default: value } : {}),
    required: value === undefined && made === undefined && !optional,
  };
}

const calleeName = (e: Expression): string => (e.kind === 'name' || e.kind === 'attribute' ? e.name : '');

function isOptional(e: Expression): boolean {
  if (e.kind === 'subscript') return calleeName(e.object) === 'Optional';
  return e.kind === 'binary' && e.operator === '|' && [e.left, e.right].some((side) => side.kind === 'constant' && side.value === null);
}

/** `'X'`, `AliasChoices('A', 'B')`, `['A', 'B']`. */
function aliasesOf(e: Expression | undefined): readonly string[] {
  if (!e) return [];
  if (e.kind === 'string') return [e.value.toUpperCase()];
  const items = e.kind === 'call' ? e.args.map((a) => a.value) : e.kind === 'sequence' ? e.items : [];
  return items.flatMap((i) => (i.kind === 'string' ? [i.value.toUpperCase()] : []));
}
