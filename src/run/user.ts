import { UserError } from '../base/index.ts';

/** Whom a container runs as. */
export interface ContainerUser {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  /** For HOME: from the image's passwd, else `/`. */
  readonly home: string;
}

/** The numbers that can be told without the image's files; 0 for names, which passwd limits to what is mapped anyway. */
export function numericUser(user: string): { readonly uid: number; readonly gid: number } {
  const [name = '', group = ''] = user.split(':');
  return { uid: idOf(name) ?? 0, gid: idOf(group) ?? 0 };
}

/**
 * The image's `User` (`user`, `user:group`, names or numbers) by its own passwd and group files, as Docker reads it:
 * image-spec, config.md, "User". Throws UserError for a name that they do not have.
 */
export function resolveUser(user: string, passwd: string, group: string): ContainerUser {
  const [name = '', groupName = ''] = user === '' ? ['0'] : user.split(':');
  const row = rows(passwd).find((fields) => fields[0] === name || fields[2] === String(idOf(name)));
  const uid = idOf(name) ?? idOf(row?.[2]);
  if (uid === undefined) throw unknown('user', name, '/etc/passwd');
  const groups = rows(group);
  const groupRow = groups.find((fields) => fields[0] === groupName);
  const gid = groupName === '' ? (idOf(row?.[3]) ?? 0) : (idOf(groupName) ?? idOf(groupRow?.[2]));
  if (gid === undefined) throw unknown('group', groupName, '/etc/group');
  // Membership counts only when no group was asked for: Docker, "User" and runc's libcontainer/user.
  const member = (fields: readonly string[]): boolean => row !== undefined && (fields[3] ?? '').split(',').includes(row[0] ?? '');
  const extra = groupName === '' ? groups.filter(member).flatMap((fields) => idOf(fields[2]) ?? []) : [];
  return { uid, gid, groups: extra.filter((id) => id !== gid), home: row?.[5] || '/' };
}

const rows = (text: string): readonly (readonly string[])[] => text.split('\n').map((line) => line.split(':'));

/** Ids are 32 bits; the highest means "none": chown(2). */
function idOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^[0-9]{1,10}$/.test(text)) return undefined;
  const id = Number(text);
  return id < 0xffffffff ? id : undefined;
}

const unknown = (what: string, name: string, file: string): UserError =>
  new UserError(
    `the image's ${what} \`${name}\` is not in its ${file}`,
    'give a number in USER: Kubernetes needs one to see that it is not root',
  );
