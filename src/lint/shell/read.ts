import { Cursor, tryToRead, type Grammar } from './cursor.ts';
import { list, listOrNothing } from './commands.ts';
import { commandOf, type Command } from './command.ts';
import { readHeredocs } from './heredocs.ts';
import { allSpacing, directives } from './spaces.ts';
import type { Token } from './token.ts';

/** A script as hadolint sees it. */
export interface Script {
  readonly text: string;
  /** In the order in which they are written; one inside another after it. None where the script cannot be read. */
  readonly commands: readonly Command[];
  readonly hasPipe: boolean;
}

const grammar: Grammar = { list, listOrNothing };

/**
 * The commands of a script. What ShellCheck takes for a script counts here, as hadolint reads with its parser: a script
 * with an error in it has no commands at all, and what follows a stray `)` is not looked at.
 */
export function readScript(text: string): Script {
  const tokens = tryToRead(new Cursor(text, grammar), (cursor) => {
    allSpacing(cursor);
    directives(cursor);
    const found = listOrNothing(cursor);
    readHeredocs(cursor);
    return found;
  });
  const commands: Command[] = [];
  let hasPipe = false;
  const walk = (token: Token): void => {
    if (token.kind === 'pipe') hasPipe = true;
    const command = token.kind === 'command' ? commandOf(token) : undefined;
    if (command !== undefined) commands.push(command);
    for (const part of token.parts) walk(part);
  };
  for (const token of tokens ?? []) walk(token);
  return { text, commands, hasPipe };
}
