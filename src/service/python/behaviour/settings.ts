import type { EnvironmentRead } from '../../types.ts';
import type { Running } from '../running.ts';
import { evaluate } from '../source/constant.ts';
import { settingsFields, type SettingsField } from '../source/settings-class.ts';
import type { ClassNode } from '../source/tree.ts';
import type { Module } from '../source/module.ts';
import { callsOf } from '../source/walk.ts';
import { typeOfCast } from './environment-read.ts';
import { looksSecret } from './secret-name.ts';

/** The variables that pydantic settings classes read, when they are made. */
export function settingsReads(running: Running): readonly EnvironmentRead[] {
  const { program, modules, phases } = running;
  return modules.flatMap((module) =>
    module.body.flatMap((s) => {
      const fields = s.kind === 'class' ? settingsFields(s, module, program) : undefined;
      if (s.kind !== 'class' || !fields) return [];
      const made = madeAt(s, module, running);
      // A base class of another settings class that nobody makes reads nothing by itself.
      if (made.length === 0) return [];
      const when = (['import', 'start', 'handler'] as const).find((phase) => made.some((site) => phases.of(site) === phase));
      return when ? fields.flatMap((f) => fieldRead(f, ownerOf(f, module, running), when, running)) : [];
    }),
  );
}

function madeAt(klass: ClassNode, module: Module, { program, modules }: Running): ReturnType<typeof callsOf> {
  return modules.flatMap((m) =>
    callsOf(m).filter(({ call }) => {
      const found = program.locate(program.qualify(call.callee, m) ?? '');
      if (found) return found.module === module && found.rest === klass.name;
      return m === module && call.callee.kind === 'name' && call.callee.name === klass.name;
    }),
  );
}

/** An inherited field stands in another module's class. */
function ownerOf(field: SettingsField, module: Module, { modules }: Running): Module {
  const holds = (m: Module): boolean =>
    m.body.some(
      (s) =>
        s.kind === 'class' &&
        s.body.some(
          (inner) =>
            inner.from === field.from &&
            inner.to === field.to &&
            inner.kind === 'assign' &&
            inner.targets[0]?.kind === 'name' &&
            inner.targets[0].name === field.field,
        ),
    );
  return holds(module) ? module : (modules.find(holds) ?? module);
}

function fieldRead(field: SettingsField, module: Module, when: EnvironmentRead['when'], { program }: Running): readonly EnvironmentRead[] {
  const known = field.default && evaluate(field.default, { module, program, functions: [] });
  const value =
    known === undefined || known.value === null
      ? undefined
      : typeof known.value === 'boolean'
        ? known.value
          ? 'True'
          : 'False'
        : String(known.value);
  const annotation = field.annotation ? module.file.text.slice(field.annotation.from, field.annotation.to) : '';
  const type = typeOfCast(field.annotation);
  // Of several names for one field the first stands for all; the others may be set instead.
  return field.variables.map((name, i) => ({
    name,
    when,
    required: field.required && i === 0,
    ...(value === undefined ? {} : { default: value }),
    secret: looksSecret(name) || annotation.includes('Secret'),
    ...(type ? { type } : {}),
    because: [module.file.at(field)],
  }));
}
