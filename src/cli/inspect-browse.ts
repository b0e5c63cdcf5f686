import { emitKeypressEvents } from 'node:readline';
import { UserError } from '../base/index.ts';
import type { Inspection } from '../inspect/index.ts';
import { browseLines, browser, pressed, START, type BrowseState } from '../report/index.ts';
import { paintFor } from './terminal.ts';

/** The screen that programs have to themselves, and the one from before: xterm, "Alternate Screen Buffer"; the cursor hidden and shown. */
const ENTER = '\u001B[?1049h\u001B[?25l';
const LEAVE = '\u001B[?25h\u001B[?1049l';

/** Throws UserError where nobody can press a key. */
export function refuseWithoutTerminal(): void {
  if (process.stdin.isTTY !== true || process.stdout.isTTY !== true)
    throw new UserError('`--interactive` needs a terminal', 'leave it out, or ask for `--json` or `--html FILE`');
}

/** Lets a person walk through layers and folders, until `q` or Ctrl-C; the terminal is then as it was. */
export function browse(inspection: Inspection): Promise<void> {
  const { stdin, stdout } = process;
  const list = browser(inspection);
  let state: BrowseState = START;
  const draw = (): void => {
    const lines = browseLines(state, list(state.path), { paint: paintFor(stdout), width: stdout.columns || 80, height: stdout.rows || 24 });
    stdout.write(`\u001B[H\u001B[2J${lines.join('\r\n')}`);
  };
  return new Promise((resolve) => {
    const restore = (): void => {
      stdin.setRawMode(false);
      stdout.write(LEAVE);
    };
    const end = (): void => {
      stdin.off('keypress', onKey).pause();
      stdout.off('resize', draw);
      process.off('exit', restore);
      restore();
      resolve();
    };
    const onKey = (_: string, key: { readonly name?: string; readonly ctrl?: boolean }): void => {
      // In raw mode the terminal makes no signal of it.
      if (key.ctrl && key.name === 'c') return end();
      state = pressed(state, key.name ?? '', list(state.path));
      if (state.ended) end();
      else draw();
    };
    emitKeypressEvents(stdin);
    stdin.setRawMode(true);
    process.on('exit', restore);
    stdout.write(ENTER);
    stdin.on('keypress', onKey).resume();
    stdout.on('resize', draw);
    draw();
  });
}
