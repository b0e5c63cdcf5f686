import type { LayerEntry } from '../../../image/index.ts';
import type { RuntimeContract } from '../../../plan/index.ts';
import type { BaseFacts } from './facts.ts';

/**
 * etc/passwd and etc/group of the base with the service's user and group, as useradd(8) would write them; nothing where
 * their ids are there already.
 */
export function accountEntries({ passwd, group }: Pick<BaseFacts, 'passwd' | 'group'>, user: RuntimeContract['user']): LayerEntry[] {
  const shell = user.shell ?? '/usr/sbin/nologin';
  const users = withLine(passwd, user.uid, user.name, (name) => `${name}:x:${user.uid}:${user.gid}:${name}:/nonexistent:${shell}`);
  const groups = withLine(group, user.gid, user.name, (name) => `${name}:x:${user.gid}:`);
  return [...written('etc/passwd', users), ...written('etc/group', groups)];
}

/** The text with one more line; undefined where a line has the id. A name that another id has gets its own id beside it. */
function withLine(text: string, id: number, name: string, line: (name: string) => string): string | undefined {
  const lines = text.split('\n').map((each) => each.split(':'));
  if (lines.some(([, , each]) => each === String(id))) return undefined;
  const free = lines.some(([each]) => each === name) ? `${name}${id}` : name;
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line(free)}\n`;
}

const written = (path: string, text: string | undefined): LayerEntry[] =>
  text === undefined ? [] : [{ type: 'file', path, mode: 0o644, uid: 0, gid: 0, content: Buffer.from(text) }];
