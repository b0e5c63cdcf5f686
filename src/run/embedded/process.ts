import { findTool, toolEnvironment, type Host } from '../host.ts';
import { pivot, shellOf, type Holder } from './holder.ts';
import { monotonicMs } from '../clock.ts';
import { drivenShell, quote, type DrivenShell } from './shell.ts';
import type { ContainerUser } from '../user.ts';

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
 * The command that joins the holder's namespaces and becomes a shell in the container's process namespace: a new one,
 * in which it is PID 1, or that of `sibling`. Its parent is ours to wait for: unshare(1) and nsenter(1) end as their
 * child did, by the same signal.
 */
function joinCommand(host: Host, holder: Holder, sibling: number | undefined): readonly [string, ...string[]] {
  const tool = (name: string): string => findTool(host, name) ?? name;
  const join = [
    tool('nsenter'),
    '--target',
    String(holder.shell.pid),
    ...userNamespace(holder),
    '--mount',
    '--net',
    '--ipc',
    '--uts',
  ] as const;
  const sh = shellOf(host);
  // A core file of unshare's own, when it dies of its child's signal, is of no use to anyone.
  const limit = [sh, '-c', 'ulimit -c 0; exec "$@"', sh, tool('setpriv'), '--pdeathsig', 'SIGKILL'];
  const inside =
    sibling === undefined
      ? [tool('unshare'), '--pid', '--fork', '--kill-child=SIGKILL']
      : [tool('nsenter'), `--pid=/proc/${sibling}/ns/pid`];
  return [...join, ...limit, ...inside, sh, '-es'];
}

const userNamespace = (holder: Holder): readonly string[] => (holder.ids.kind === 'host' ? [] : ['--user', '--preserve-credentials']);

/** A process that waits in the container's namespaces, still with the host's files. */
export interface Waiting {
  readonly shell: DrivenShell;
  /** In the host's process namespace. */
  readonly pid: number;
}

/** Starts the process that will be the program. `sibling`: PID 1 of a container that runs, to run beside it. */
export async function startWaiting(host: Host, holder: Holder, sibling?: number): Promise<Waiting> {
  const shell = drivenShell(joinCommand(host, holder, sibling), '/', toolEnvironment(host));
  // The mounted /proc is still the host's: `self` is a number of the host's there.
  const [pid] = await shell.ask('umask 022; read -r pid _ </proc/self/stat; echo "$pid" >&3').catch((error: unknown) => {
    shell.kill();
    throw error;
  });
  return { shell, pid: Number(pid) };
}

/**
 * Turns the waiting process into a shell without any privilege in the container's root, which only has to become the
 * program. No program of the host's can be started after the root is changed, and after that nothing needs to be.
 */
export async function confine(
  holder: Holder,
  waiting: Waiting,
  host: Host,
  user: ContainerUser,
  output: Output,
  sibling?: number,
): Promise<void> {
  const { shell, pid } = waiting;
  await shell.ask(`exec 4>${quote(output.stdout)} 5>${quote(output.stderr)}`);
  const sh = quote(shellOf(host));
  await shell.become(`unshare --mount --cgroup ${ownIds(holder, user, sibling)} setpriv ${privileges(holder, user)} ${sh} -es`);
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
 * The confined shell becomes the program. Returns the monotonic time just before. Throws EnvironmentError when it
 * cannot even try; a program that is not there is an exit with 127, and a line in the log, as any shell has it.
 */
export async function becomeProgram(waiting: Waiting, program: Program): Promise<number> {
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
  shell.finish(`exec 3>&-\nexec ${program.argv.map(quote).join(' ')} </dev/null >&4 2>&5 4>&- 5>&-`);
  return atMs;
}
