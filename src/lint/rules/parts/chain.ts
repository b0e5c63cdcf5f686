/** A command of a chain `a && b && c`: offsets in the script. */
export interface Link {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** What ends a command otherwise than `&&`, or makes it more than one. */
const OTHERWISE = /^(?:\|\||<<|[;&\n(){}'"`])/;
/** Words that begin something longer than a command. */
const COMPOUND = /^(?:if|for|while|until|case|select|function|then|do|\[\[|!)(?=\s|$)/;
/** A quoted text, an expansion, or an escaped character: nothing in it parts commands. Innermost parentheses only. */
const WHOLE = /^(?:'[^']*'|"(?:[^"\\]|\\[^])*"|\\[^]|\$\{[^{}'"]*\}|\$\([^()'"]*\)|`[^`]*`|\d*>&\d+|&>)/;

/** The commands of a script that is nothing but a chain of them, pipes included; undefined for every other script. */
export function chainOf(script: string): readonly Link[] | undefined {
  const links: Link[] = [];
  let start = 0;
  const link = (end: number): boolean => {
    const raw = script.slice(start, end);
    const text = raw.trim();
    const from = start + raw.indexOf(text);
    links.push({ text, start: from, end: from + text.length });
    return text !== '' && !COMPOUND.test(text);
  };
  for (let at = 0; at < script.length;) {
    const rest = script.slice(at);
    const whole = WHOLE.exec(rest)?.[0];
    if (whole !== undefined) at += whole.length;
    else if (rest.startsWith('&&')) {
      if (!link(at)) return undefined;
      start = at + 2;
      at = start;
    } else if (OTHERWISE.test(rest) || (rest.startsWith('#') && !/\S/.test(script.charAt(at - 1)))) return undefined;
    else at += 1;
  }
  return link(script.length) ? links : undefined;
}

/** Commands that change the shell itself, so that what follows them belongs to the same shell. */
const STATEFUL =
  /^(?:alias|cd|declare|eval|exec|exit|export|local|popd|pushd|read|readonly|return|set|shift|shopt|source|trap|ulimit|umask|unalias|unset|\.)(?=\s|$)/;

/** Whether a command leaves the shell as it was. */
export const isSelfContained = (text: string): boolean => !STATEFUL.test(text) && !/^(?:\w+=\S*\s*)+$/.test(text);
