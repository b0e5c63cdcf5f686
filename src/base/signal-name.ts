/** Signals by name on Linux, without `SIG` (moby/sys/signal). */
const names = new Set(
  (
    'ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP ' +
    'TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX'
  ).split(' '),
);

/** Whether STOPSIGNAL takes the text: a name, or a number other than 0. */
export function isSignal(text: string): boolean {
  if (/^[+-]?[0-9]+$/.test(text)) return Number(text) !== 0 && Math.abs(Number(text)) < 2 ** 63;
  const name = text.toUpperCase().replace(/^SIG/, '');
  if (names.has(name)) return true;
  const realTime = /^RTM(IN\+|AX-)([1-9][0-9]?)$/.exec(name);
  // 15 after SIGRTMIN, 14 before SIGRTMAX.
  return realTime !== null && Number(realTime[2]) <= (realTime[1] === 'IN+' ? 15 : 14);
}
