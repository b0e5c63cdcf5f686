import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What pip's own files say of indexes. A later file is stronger. */
export interface PipIndexes {
  readonly index?: string;
  readonly extra: readonly string[];
  readonly links: readonly string[];
}

/**
 * pip.conf of the machine, the user and `PIP_CONFIG_FILE`: pip's manual, “Configuration Files”. uv reads none of them.
 * What cannot be read says nothing.
 */
export function pipIndexes(env: Readonly<Record<string, string | undefined>>): PipIndexes {
  const home = env['HOME'] ?? homedir();
  const own = env['PIP_CONFIG_FILE'];
  // `PIP_CONFIG_FILE=/dev/null` turns all files off.
  const files =
    own === '/dev/null'
      ? []
      : [
          ...(env['XDG_CONFIG_DIRS'] ?? '/etc/xdg').split(':').map((folder) => join(folder, 'pip', 'pip.conf')),
          '/etc/pip.conf',
          join(home, '.pip', 'pip.conf'),
          join(env['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'pip', 'pip.conf'),
          ...(own === undefined ? [] : [own]),
        ];
  const said = files.map((file) => settingsIn(textOf(file)));
  const last = (key: string): readonly string[] => said.map((s) => s.get(key)).findLast((value) => value !== undefined) ?? [];
  const [index] = last('index-url');
  return { ...(index === undefined ? {} : { index }), extra: last('extra-index-url'), links: last('find-links') };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** `[global]` and `[install]`, the latter stronger, a value's words over several lines. */
function settingsIn(text: string): ReadonlyMap<string, readonly string[]> {
  const sections = new Map<string, Map<string, string[]>>();
  let section: Map<string, string[]> | undefined;
  let words: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const head = /^\[(.+)\]/.exec(line)?.[1];
    const pair = /^([\w-]+)\s*[=:]\s*(.*)$/.exec(line);
    if (head !== undefined) {
      section = new Map();
      sections.set(head, section);
      words = [];
    } else if (pair) {
      words = (pair[2] ?? '').split(/\s+/).filter(Boolean);
      section?.set((pair[1] ?? '').replaceAll('_', '-'), words);
    } else if (/^\s+[^\s#;]/.test(line)) words.push(...line.trim().split(/\s+/));
  }
  return new Map([...(sections.get('global') ?? []), ...(sections.get('install') ?? [])]);
}
