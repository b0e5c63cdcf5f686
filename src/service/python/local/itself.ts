import { normalizedName } from '../../../base/index.ts';
import type { Module } from '../source/module.ts';
import { programAt, rootOf, type Program, type Sources } from '../source/program.ts';
import type { Call } from '../source/tree.ts';
import { callsOf } from '../source/walk.ts';

/** Python documentation, “importlib.metadata”; setuptools, “pkg_resources”. */
const ASKS =
  /^(importlib\.metadata|importlib_metadata)\.(version|metadata|distribution|requires|files)$|^pkg_resources\.(get_distribution|require)$/;

/**
 * Whether the source asks for the metadata of the package that it is: `version("quotes")`, `version(__package__)`. Where
 * it has an answer to their absence (`except PackageNotFoundError`), it does without.
 */
export function asksForItself(name: string, sources: Sources): boolean {
  return sources.paths
    .filter((path) => /importlib|pkg_resources/.test(sources.text(path)))
    .some((path) => {
      const module = sources.module(path);
      const program = programAt(sources, rootOf(path, sources));
      return callsOf(module).some(
        ({ call, guards }) =>
          !guards.some(({ kind }) => kind === 'try') &&
          ASKS.test(program.qualify(call.callee, module) ?? '') &&
          asked(call, module, program) === name,
      );
    });
}

function asked(call: Call, module: Module, program: Program): string | undefined {
  const [first] = call.args;
  if (first?.value.kind === 'string') return normalizedName(first.value.value);
  if (first?.value.kind !== 'name') return undefined;
  const isOwnName = first.value.name === '__name__' || first.value.name === '__package__';
  return isOwnName ? normalizedName(program.nameOf(module.path).split('.')[0] ?? '') : undefined;
}
