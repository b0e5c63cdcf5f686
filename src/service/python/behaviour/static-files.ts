import { certain, type Evidence, type Fact } from '../../../base/index.ts';
import { reader } from '../../reader.ts';
import type { StaticFiles } from '../../types.ts';
import type { Running } from '../running.ts';
import { evaluate } from '../source/constant.ts';
import type { Module } from '../source/module.ts';
import { expressionsOf, statementsIn, within, type Expression, type Statement } from '../source/tree.ts';

const APP = 'django.contrib.staticfiles';

export const staticFiles = reader({
  id: 'python/behaviour/static-files',
  about: 'The static files that Django collects in one folder.',
  source: "Django's manual, “How to manage static files”, “Deployment”",
  reads: ['**/settings.py', '**/settings/*.py', 'manage.py'],
  read(running: Running): Fact<StaticFiles> | undefined {
    const { program, modules, framework } = running;
    const manage = program.pathOf('manage');
    if (framework !== 'django' || manage === undefined) return undefined;
    const app = modules.map(installed).find((at) => at !== undefined);
    const folder = modules.map((module) => rootIn(module, running)).find((found) => found !== undefined);
    if (!app || !folder) return undefined;
    return certain({ manage, ...(folder.path === undefined ? {} : { root: folder.path }) }, folder.at, app);
  },
});

/** The line of INSTALLED_APPS, or of a list that it is made of, that names the application. */
function installed(module: Module): Evidence | undefined {
  for (const s of statementsIn(module.body)) {
    if (!assigns(s, /APPS$/)) continue;
    for (const e of expressionsOf(s))
      for (const inner of within(e)) if (inner.kind === 'string' && inner.value === APP) return module.file.at(inner);
  }
  return undefined;
}

/** `STATIC_ROOT = …`, unless it is None or empty; `path` where it can be told without running anything. */
function rootIn(module: Module, { program }: Running): { readonly at: Evidence; readonly path?: string } | undefined {
  for (const s of statementsIn(module.body)) {
    if (s.kind !== 'assign' || !s.value || !assigns(s, /^STATIC_ROOT$/)) continue;
    const known = evaluate(s.value, { module, program, functions: [] });
    if (known && !known.value) continue;
    return { at: module.file.at(s), ...(typeof known?.value === 'string' ? { path: known.value } : {}) };
  }
  return undefined;
}

function assigns(s: Statement, name: RegExp): boolean {
  const targets: readonly Expression[] = s.kind === 'assign' ? s.targets : s.kind === 'update' ? [s.target] : [];
  return targets.some((t) => t.kind === 'name' && name.test(t.name));
}
