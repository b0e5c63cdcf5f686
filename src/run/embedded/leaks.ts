import { constants, openSync, readdirSync, readFileSync } from 'node:fs';

/** fcntl(2), as /proc/self/fdinfo shows it: octal, O_CLOEXEC is 02000000 on all architectures that Node runs on. */
const CLOSE_ON_EXEC = 0o2000000;

let known: readonly number[] | undefined;

/**
 * Descriptors that whoever started this process left open for it and its children, above the usual three. Node closes
 * what it opens itself; these would reach the container, and one of them may be a folder of the host's.
 */
function inherited(): readonly number[] {
  return (known ??= readdirSync('/proc/self/fd')
    .map(Number)
    .filter((fd) => fd > 2 && !closesOnExec(fd)));
}

function closesOnExec(fd: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1];
    return flags === undefined || (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) !== 0;
  } catch {
    return true; // the folder that was being read
  }
}

type Stdio = 'pipe' | 'ignore' | number;

/** The same, with /dev/null in the place of every inherited descriptor: spawn cannot close one, only replace it. */
export function withoutInherited(stdio: readonly Stdio[]): Stdio[] {
  const leaks = inherited().filter((fd) => fd >= stdio.length);
  const full: Stdio[] = [...stdio];
  if (leaks.length === 0) return full;
  const nothing = (empty ??= openSync('/dev/null', constants.O_RDONLY));
  for (let fd = stdio.length; fd <= Math.max(...leaks); fd += 1) full.push(leaks.includes(fd) ? nothing : 'ignore');
  return full;
}

let empty: number | undefined;
