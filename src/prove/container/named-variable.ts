import type { LogLine } from '../../run/index.ts';
import { isFrame } from './log.ts';

/** Lines at the end of a log that a person sees. */
const LAST_LINES = 5;

/**
 * How the end of a log names a variable, in any case: `clearly`; only by a bare `traceback` (its frames, or a line such
 * as `KeyError: 'NAME'`, which says nothing but the name); or not at all.
 */
export function namesVariable(logs: readonly LogLine[], name: string): 'clearly' | 'traceback' | undefined {
  const word = new RegExp(String.raw`(?<![A-Za-z0-9_])${name.replaceAll(/[^\w]/g, String.raw`\$&`)}(?![A-Za-z0-9_])`, 'i');
  const lines = logs.map((line) => line.text).filter((text) => text.trim() !== '');
  const last = lines.slice(-LAST_LINES);
  const inTraceback = tracebackLines(lines).slice(-LAST_LINES);
  const naming = last.flatMap((text, index) => (word.test(text) ? [{ text, framed: inTraceback[index] === true }] : []));
  if (naming.some(({ text, framed }) => !framed && !saysOnlyTheName(text, word))) return 'clearly';
  return naming.length > 0 ? 'traceback' : undefined;
}

/** For each line, whether it is a frame of a traceback. Lines are indented elsewhere too: only what follows a head counts. */
function tracebackLines(lines: readonly string[]): boolean[] {
  let inside = false;
  return lines.map((text) => {
    if (/Traceback \(most recent call last\):/.test(text)) inside = true;
    else if (inside && !isFrame(text)) inside = false;
    return inside;
  });
}

/** `KeyError: 'NAME'`, and any exception whose whole message is the name. */
function saysOnlyTheName(text: string, word: RegExp): boolean {
  const message = /^(?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*(?:Error|Exception|Missing|NotFound): (.*)$/.exec(text.trim())?.[1];
  return message !== undefined && message.replace(word, '').replaceAll(/[^A-Za-z]/g, '') === '';
}
