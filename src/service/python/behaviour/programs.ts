import { certain, type Fact } from '../../../base/index.ts';
import { reader } from '../../reader.ts';
import type { Running } from '../running.ts';
import { assignedOnce, evaluate } from '../source/constant.ts';
import { argument, type Expression } from '../source/tree.ts';
import { callsOf, type CallSite } from '../source/walk.ts';

/** Calls that start a program, and how they are told which. */
const STARTS: Readonly<Record<string, 'list' | 'words' | 'shell'>> = {
  'subprocess.run': 'list',
  'subprocess.Popen': 'list',
  'subprocess.call': 'list',
  'subprocess.check_call': 'list',
  'subprocess.check_output': 'list',
  'anyio.run_process': 'list',
  'anyio.open_process': 'list',
  'asyncio.create_subprocess_exec': 'words',
  'asyncio.create_subprocess_shell': 'shell',
  'subprocess.getoutput': 'shell',
  'subprocess.getstatusoutput': 'shell',
  'os.system': 'shell',
  'os.popen': 'shell',
};

export const programs = reader({
  id: 'python/behaviour/programs',
  about: 'Programs of the system that the source starts, by name; `sh` where a shell starts them.',
  source: 'Python documentation, subprocess, os.system, asyncio “Subprocesses”',
  reads: ['**/*.py'],
  read(running: Running): readonly Fact<string>[] {
    const { modules, phases } = running;
    const distinct = new Map<string, Fact<string>>();
    for (const module of modules)
      for (const site of callsOf(module)) {
        if (phases.of(site) === 'never') continue;
        for (const name of startedBy(site, running)) if (!distinct.has(name)) distinct.set(name, certain(name, module.file.at(site.call)));
      }
    return [...distinct.values()].toSorted((a, b) => (a.value < b.value ? -1 : 1));
  },
});

function startedBy(site: CallSite, running: Running): readonly string[] {
  const { call, module, functions } = site;
  const how = STARTS[running.program.qualify(call.callee, module) ?? ''];
  if (how === undefined) return [];
  const text = (e: Expression | undefined): string | undefined => {
    // `f"ffmpeg -i {path}"`: what comes before the first brace is fixed.
    if (e?.kind === 'format') return typeof e.parts[0] === 'string' ? e.parts[0] : undefined;
    const value = e && evaluate(e, { module, program: running.program, functions })?.value;
    return typeof value === 'string' ? value : undefined;
  };
  const given = argument(call, 'args', 0) ?? argument(call, 'command', 0) ?? argument(call, 'cmd', 0) ?? call.args[0]?.value;
  // `line = ["ffmpeg", …]`, then `run(line)`.
  const named = given?.kind === 'name' ? given.name : undefined;
  const bodies = [...functions.toReversed(), module].map(({ body }) => body);
  const first = (named === undefined ? undefined : bodies.map((body) => assignedOnce(body, named)).find(Boolean)) ?? given;
  const shell = argument(call, 'shell');
  const inShell = how === 'shell' || (shell?.kind === 'constant' && shell.value === true);
  if (inShell) return ['sh', ...firstWord(text(first))];
  return nameOf(text(first?.kind === 'sequence' ? first.items[0] : first));
}

/** The program of a command line; the shell's own words are none. */
const firstWord = (line: string | undefined): readonly string[] => nameOf(line?.trim().split(/[\s;|&<>]/, 1)[0]);

/** By its name, wherever it lies. What begins with a variable, or lies in the repository, is none of the system's. */
function nameOf(word: string | undefined): readonly string[] {
  const name = word?.replace(/^\/(?:usr\/)?(?:local\/)?s?bin\//, '');
  return name !== undefined && /^[A-Za-z][\w.+-]*$/.test(name) && !/^python[\d.]*$|\.(py|sh)$/.test(name) ? [name] : [];
}
