import { certain, type Fact } from '../../../base/index.ts';
import { reader } from '../../reader.ts';
import type { LibraryLoad } from '../../types.ts';
import type { Running } from '../running.ts';
import { evaluate } from '../source/constant.ts';
import { argument } from '../source/tree.ts';
import { callsOf, type CallSite } from '../source/walk.ts';

const LOADS = new Set(['ctypes.CDLL', 'ctypes.PyDLL', 'ctypes.cdll.LoadLibrary', 'ctypes.pydll.LoadLibrary', 'ctypes.util.find_library']);

export const libraries = reader({
  id: 'python/behaviour/libraries',
  about: 'Shared libraries that the source itself loads by a name that is written there.',
  source: 'Python documentation, ctypes, “Loading shared libraries”, “Finding shared libraries”; cffi, “ABI, in-line”',
  reads: ['**/*.py'],
  read(running: Running): readonly Fact<LibraryLoad>[] {
    return running.modules.flatMap((module) =>
      callsOf(module).flatMap((site) => {
        const load = running.phases.of(site) === 'never' ? undefined : loadedBy(site, running);
        return load ? [certain(load, module.file.at(site.call))] : [];
      }),
    );
  },
});

function loadedBy(site: CallSite, { program }: Running): LibraryLoad | undefined {
  const { call, module, functions } = site;
  const callee = program.qualify(call.callee, module) ?? '';
  // An FFI object has any name; no other method is called so.
  const isLoad = LOADS.has(callee) || (call.callee.kind === 'attribute' && call.callee.name === 'dlopen');
  const named = isLoad ? argument(call, 'name', 0) : undefined;
  const value = named && evaluate(named, { module, program, functions })?.value;
  if (typeof value !== 'string' || value === '' || value.includes('/')) return undefined;
  return { name: value, finds: callee === 'ctypes.util.find_library', unguarded: isAtTop(site) };
}

/** In no function, no branch and no `try`: what is caught there is an OSError, or any other. */
const isAtTop = ({ functions, guards }: CallSite): boolean => functions.length === 0 && guards.every(({ kind }) => kind === 'main');
