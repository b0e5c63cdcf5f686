import { monotonicMs } from '../clock.ts';
import { findTool, toolEnvironment, type Host } from '../host.ts';
import { joinNamespace } from '../ids.ts';
import type { ContainerUser } from '../user.ts';
import { pivot, shellOf, type Holder } from './holder.ts';
import { resourceLimits } from './limits.ts';
import { OWN_PROGRAMS } from './own-programs.ts';
import { drivenShell, quote, type DrivenShell } from './shell.ts';

/** A program in the container: what runs, where and with what. */
export interface Program {
  readonly argv: readonly string[];
  readonly workingDir: string;
  /** The whole environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly user: ContainerUser;
}

/** Where the program's output goes: paths in the holder's view. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The command that joins the holder's namespaces and becomes a shell: PID 1 of a new process namespace, or one that
 * stays outside of it (`beside`). The parent of PID 1 is ours to wait for: unshare(1) ends as its child did, by the same
 * signal.
 */
function joinCommand(host: Host, holder: Holder, beside: boolean): readonly [string, ...string[]] {
  const tool = (name: string): string => findTool(host, name) ?? name;
  const join = [
    tool('nsenter'),
    '--target',
    String(holder.shell.pid),
    ...joinNamespace(holder.ids),
    '--mount',
    '--net',
    '--ipc',
    '--uts',
  ] as const;
  const sh = shellOf(host);
  // A core file of unshare's own, when it dies of its child's signal, is of no use to anyone.
  const limit = [sh, '-c', 'ulimit -S -c 0; exec "$@"', sh, tool('setpriv'), '--no-new-privs', '--pdeathsig', 'SIGKILL'];
  const inside = beside ? [] : [tool('unshare'), '--pid', '--fork', '--kill-child=SIGKILL'];
  return [...join, ...limit, ...inside, sh, '-es'];
}

/** A process that waits in the container's namespaces, still with the host's files. */
export interface Waiting {
  readonly shell: DrivenShell;
  /** In the host's process namespace. */
  readonly pid: number;
}

/** When memory is short on the machine, what came with the image is killed before anything else: proc_pid_oom_score_adj(5). */
const GOES_FIRST = '{ echo 1000 >/proc/self/oom_score_adj; } 2>/dev/null || :';

/** Starts the process that will be the program, or with `beside` the parent of one that runs beside it. */
export async function startWaiting(host: Host, holder: Holder, beside = false): Promise<Waiting> {
  const shell = drivenShell(joinCommand(host, holder, beside), '/', toolEnvironment(host));
  // The mounted /proc is still the host's: `self` is a number of the host's there.
  const [pid] = await shell.ask(`umask 022; ${GOES_FIRST}; read -r pid _ </proc/self/stat; echo "$pid" >&3`).catch((error: unknown) => {
    shell.kill();
    throw error;
  });
  return { shell, pid: Number(pid) };
}

/**
 * Turns the waiting process into a shell without any privilege in the container's root, which only has to become the
 * program. No program of the host's can be started after the root is changed, and after that nothing needs to be.
 *
 * `sibling`: PID 1 of a container that runs. The shell has the service's number and the host's files for some
 * milliseconds, and whoever has that number may walk through /proc/PID/root. So it stays out of the service's sight: only
 * its children are in the process namespace, and they are born when the root is the container's.
 */
export async function confine(
  host: Host,
  holder: Holder,
  waiting: Waiting,
  user: ContainerUser,
  output: Output,
  sibling?: number,
): Promise<void> {
  const { shell, pid } = waiting;
  const { places } = holder;
  // From there by relative names: the way to it may be closed to the service's user.
  await shell.ask(`exec 4>${quote(output.stdout)} 5>${quote(output.stderr)}; cd ${quote(places.base)}`);
  const steps = [
    sibling === undefined ? '' : `nsenter --no-fork --pid=/proc/${sibling}/ns/pid`,
    'unshare --mount --cgroup',
    ownIds(holder, user, sibling),
    // Before the user changes: a program that anybody may read must not run as the service's, see OWN_PROGRAMS.
    `prlimit ${resourceLimits(host, sibling !== undefined)}`,
    `setpriv ${privileges(holder, user)}`,
    holder.filtered ? `./${OWN_PROGRAMS.launcher}` : '',
    `./${OWN_PROGRAMS.shell} -es`,
  ];
  await shell.become(steps.join(' '));
  await shell.ask('cd /');
  await pivot(holder, pid);
}

/** With one mapped id, a second user namespace gives it the number that the service is to see. */
function ownIds(holder: Holder, user: ContainerUser, sibling: number | undefined): string {
  if (holder.ids.kind !== 'single') return '';
  if (sibling !== undefined) return `nsenter --user=/proc/${sibling}/ns/user --preserve-credentials`;
  return `unshare --user --keep-caps --map-user=${user.uid} --map-group=${user.gid}`;
}

function privileges(holder: Holder, user: ContainerUser): string {
  const groups = user.groups.length === 0 ? '--clear-groups' : `--groups ${user.groups.join(',')}`;
  return [
    `--reuid ${user.uid} --regid ${user.gid}`,
    // With one id the kernel allows no change of groups: user_namespaces(7).
    holder.ids.kind === 'single' ? '--keep-groups' : groups,
    '--bounding-set=-all --inh-caps=-all --ambient-caps=-all --no-new-privs',
    // A change of user clears it: prctl(2).
    '--pdeathsig SIGKILL',
  ].join(' ');
}

/**
 * The confined shell becomes the program, or with `beside` has it as its child and ends with its status. Returns the
 * monotonic time just before. Throws EnvironmentError when it cannot even try; a program that is not there is an exit
 * with 127, and a line in the log, as any shell has it.
 */
export async function becomeProgram(waiting: Waiting, program: Program, beside = false): Promise<number> {
  const { shell } = waiting;
  const names = Object.keys(program.environment);
  await shell.ask(
    [
      `cd ${quote(program.workingDir)}`,
      // What the tools were given, and what `cd` sets.
      'unset LC_ALL LIBMOUNT_FORCE_MOUNT2 OLDPWD PWD SHLVL',
      ...names.map((name) => `export ${name}=${quote(program.environment[name] ?? '')}`),
      names.includes('PATH') ? '' : 'unset PATH',
    ].join('\n'),
  );
  const atMs = monotonicMs();
  const become = `exec ${program.argv.map(quote).join(' ')} </dev/null >&4 2>&5 4>&- 5>&-`;
  shell.finish(`exec 3>&-\n${beside ? `(${become})` : become}`);
  return atMs;
}
