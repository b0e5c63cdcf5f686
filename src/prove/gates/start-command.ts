import type { Because, Evidence } from '../../base/index.ts';
import { startArgv } from '../container/start.ts';
import { failed, gate, passed, seen } from '../outcome.ts';
import { modulesOf } from '../python/modules.ts';
import { pythonStart } from '../python/roots.ts';
import { findProgram, shebangOf, within, type Surroundings } from '../start/executable.ts';
import { handedTo } from '../start/handover.ts';
import { launchOf, type Launch } from '../start/launch.ts';
import { surroundingsOf } from '../start/surroundings.ts';
import { installationAt, isElf, readElf } from '../../image/index.ts';
import type { Outcome } from '../types.ts';

export const startCommand = gate({
  id: 'start-command',
  level: 'required',
  promise: 'The start command is in exec form, and all that it names is in the image and may be executed.',
  why: 'In shell form the shell is PID 1 and keeps SIGTERM to itself; a program that is not there fails only in production.',
  source: 'Dockerfile reference, "Shell and exec form"; execve(2)',
  needs: [],
  async measure(subject) {
    const config = await subject.image.config();
    const argv = startArgv(config, subject.contract);
    const evidence: Because = [seen('start command', JSON.stringify(argv))];
    if (argv.length === 0)
      return failed('the image has no start command', 'set `command` in plimsoll.yaml, or `CMD ["…"]` in a Dockerfile', evidence);
    const launch = launchOf(argv);
    const handed = launch.shell === undefined ? '' : handedTo(launch.shell);
    if (handed === undefined)
      return failed(
        'it is in shell form: PID 1 is the shell',
        'write it in exec form: `CMD ["program", "argument"]`, or begin the text’s last command with `exec`, outside of a pipeline',
        evidence,
      );
    return judge(
      handed === '' ? launch : { ...launch, programs: [...launch.programs, handed] },
      await surroundingsOf(subject),
      config.architecture,
      evidence,
    );
  },
});

async function judge(launch: Launch, around: Surroundings, architecture: string, evidence: Because): Promise<Outcome> {
  const resolved: Evidence[] = [];
  for (const program of launch.programs) {
    const why = await problemOf(program, around, architecture, resolved, 0);
    if (why !== undefined)
      return failed(why, 'name a program that is in the image and copy it with its mode: `chmod 0755`', [...evidence, ...resolved]);
  }
  const why = await pythonProblem(launch, around, architecture);
  if (why !== undefined)
    return failed(why, 'name a file or a module that is in the image, and check that .dockerignore does not leave it out', [
      ...evidence,
      ...resolved,
    ]);
  return passed([...evidence, ...resolved]);
}

/** A script may name an interpreter that is a script: Linux follows five (fs/exec.c, BINPRM recursion). */
const SCRIPTS = 5;

/** What keeps a program from running: it, its interpreter, or its loader is not there. */
async function problemOf(
  name: string,
  around: Surroundings,
  architecture: string,
  resolved: Evidence[],
  depth: number,
): Promise<string | undefined> {
  const found = findProgram(name, around);
  if (!found.ok) return found.why;
  resolved.push(seen(name, `/${found.path}`));
  const bytes = await around.tree.read(found.path);
  const shebang = shebangOf(bytes);
  if (shebang) {
    const [interpreter, argument] = shebang;
    if (interpreter === undefined || depth >= SCRIPTS) return `\`/${found.path}\` has a \`#!\` line without an interpreter`;
    const why = await problemOf(interpreter, around, architecture, resolved, depth + 1);
    if (why !== undefined) return `\`/${found.path}\` begins with \`#!${shebang.join(' ')}\`: ${why}`;
    return interpreter.endsWith('/env') && argument !== undefined
      ? problemOf(argument, around, architecture, resolved, depth + 1)
      : undefined;
  }
  if (!isElf(bytes)) return `\`/${found.path}\` is no program: neither ELF nor a script with \`#!\``;
  const elf = readElf(bytes);
  if (elf && elf.architecture !== architecture)
    return `\`/${found.path}\` is for ${elf.architecture ?? 'another machine'}, the image for ${architecture}`;
  if (elf?.interpreter !== undefined && around.tree.resolve(elf.interpreter) === undefined)
    return `\`/${found.path}\` needs the loader \`${elf.interpreter}\`, which is not in the image`;
  return undefined;
}

/** `python FILE` and `python -m MODULE` name something that is there. */
async function pythonProblem(launch: Launch, around: Surroundings, architecture: string): Promise<string | undefined> {
  const { python } = launch;
  if (python?.kind === 'script')
    return around.tree.resolve(within(around.workingDir, python.file)) === undefined
      ? `\`${python.file}\` is not in the image (looked for in ${around.workingDir})`
      : undefined;
  if (python?.kind !== 'module') return undefined;
  const start = await pythonStart(launch, around);
  const installation = start && (await installationAt(around.tree, start.interpreter));
  if (!start || !installation) return undefined; // the gate `imports-resolve` says what is wrong with the interpreter
  const modules = modulesOf(around.tree, installation, architecture, start.path);
  const parts = python.module.split('.');
  let found = modules.find(parts[0] ?? '');
  for (const part of parts.slice(1)) found = found && modules.find(part, found);
  if (!found) return `\`python -m ${python.module}\`: no such module is in the image`;
  return found.folders && !modules.find('__main__', found) ? `\`python -m ${python.module}\`: the package has no \`__main__\`` : undefined;
}
