import { normalizedName } from '../../../base/index.ts';
import type { TextFile } from '../../text.ts';
import type { Problem } from '../../types.ts';
import { evaluate } from '../source/constant.ts';
import type { Scope } from '../source/known.ts';
import { moduleOf } from '../source/module.ts';
import { programAt, sourcesOf } from '../source/program.ts';
import { argument, type Call, type Expression } from '../source/tree.ts';
import { callsOf } from '../source/walk.ts';
import { keyOf, under, type Declared, type Written } from './declared.ts';
import { listOf } from './lists.ts';

const SETUP = new Set(['setuptools.setup', 'distutils.core.setup', 'skbuild.setup']);

/** What setup.py gives to `setup()`, read and never run. Undefined when it calls none. */
export async function declaredInPy(file: TextFile): Promise<Declared | undefined> {
  const { parseSource } = await import('../source/parse.ts'); // the grammar is loaded only where there is something to parse
  const syntax = parseSource(file.text);
  const program = programAt(sourcesOf(new Map([[file.path, { text: file.text, syntax }]])), '');
  const module = moduleOf(file.path, file.text, syntax);
  const scope: Scope = { module, program, functions: [] };
  const site = callsOf(module).find(({ call }) => SETUP.has(program.qualify(call.callee, module) ?? ''));
  if (!site) return undefined;
  const given = (name: string): Expression | undefined => argument(site.call, name) ?? spread(site.call, name, scope);
  const text = (name: string): Written | undefined => {
    const e = given(name);
    const known = e && evaluate(e, scope);
    return e && typeof known?.value === 'string' ? { text: known.value, span: e } : undefined;
  };
  const [name, version, description, requires] = [text('name'), text('version'), text('description'), text('python_requires')];
  const problems: Problem[] = [];
  const unread = (es: readonly Expression[], what: string): void => {
    for (const e of es)
      problems.push({
        at: file.place(e.from),
        what: `${what} is made by \`${file.text.slice(e.from, e.to).split('\n', 1)[0]}\`, which would have to be run`,
        hint: 'write it as a list of strings, or move it to pyproject.toml; `uv pip compile setup.py -o requirements.txt` runs it once',
      });
  };
  const install = given('install_requires');
  const read = install && listOf(install, scope);
  if (read) unread(read.unread, 'a part of install_requires');
  const { extras, conditional, open } = extrasOf(given('extras_require'), scope);
  unread(open, 'a part of extras_require');
  const items = [...(read?.items ?? []), ...conditional];
  return {
    file,
    ...(name ? { name } : {}),
    ...(version ? { version } : {}),
    ...(description ? { description } : {}),
    ...(requires ? { requires } : {}),
    ...(read || conditional.length > 0 ? { install: items } : {}),
    ...(read && read.files.length > 0 ? { from: read.files } : {}),
    extras,
    problems,
  };
}

/** `setup(**settings)` with a dictionary, or a call of `dict`, at module level. */
function spread(call: Call, name: string, scope: Scope): Expression | undefined {
  for (const { star, value } of call.args) {
    if (star !== '**') continue;
    const made = dictionaryOf(value, scope);
    if (made?.kind === 'dictionary') return made.entries.find((e) => e.key?.kind === 'string' && e.key.value === name)?.value;
    if (made?.kind === 'call') return argument(made, name);
  }
  return undefined;
}

function dictionaryOf(e: Expression | undefined, { module }: Scope): Expression | undefined {
  if (e?.kind !== 'name') return e;
  const s = module.body.find((b) => b.kind === 'assign' && b.targets.some((t) => t.kind === 'name' && t.name === e.name));
  return s?.kind === 'assign' ? s.value : undefined;
}

function extrasOf(
  e: Expression | undefined,
  scope: Scope,
): {
  readonly extras: ReadonlyMap<string, readonly Written[]>;
  readonly conditional: readonly Written[];
  readonly open: readonly Expression[];
} {
  const extras = new Map<string, readonly Written[]>();
  const conditional: Written[] = [];
  const open: Expression[] = [];
  const dictionary = dictionaryOf(e, scope);
  if (dictionary && dictionary.kind !== 'dictionary') open.push(dictionary);
  for (const { key, value } of dictionary?.kind === 'dictionary' ? dictionary.entries : []) {
    const named = key && evaluate(key, scope);
    if (typeof named?.value !== 'string') {
      open.push(value);
      continue;
    }
    const { extra, marker } = keyOf(named.value);
    const read = listOf(value, scope);
    open.push(...read.unread);
    const items = read.items.map((item) => under(marker, item));
    if (extra === '') conditional.push(...items);
    else extras.set(normalizedName(extra), [...(extras.get(normalizedName(extra)) ?? []), ...items]);
  }
  return { extras, conditional, open };
}
