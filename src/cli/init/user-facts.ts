import type { KeyValue } from '../../config/index.ts';
import { allSteps, flagValue, lastOf, operands, type Call, type Stage } from '../../lint/index.ts';
import { factAt, leftOut, type FactReader } from './fact.ts';

/** Options of useradd, adduser, groupadd and addgroup that take a value as a word of its own (shadow-utils, Debian, BusyBox). */
const VALUED = [
  'u',
  'uid',
  'g',
  'gid',
  'G',
  'groups',
  'ingroup',
  'h',
  'd',
  'home',
  'home-dir',
  's',
  'shell',
  'c',
  'comment',
  'gecos',
  'k',
  'skel',
];

/** The user that the service runs as, with the ids that the file gives it. */
export const userFacts: FactReader = (stage, { contract }) => {
  const step = lastOf(stage, 'USER');
  if (step === undefined) return [];
  const [user = '', group = ''] = (step.user ?? '').split(':');
  const value = group === '' ? user : `${user}:${group}`;
  if (user === 'root' || user === '0') return [leftOut(step, 'user', value, 'a service that is not root can do less harm')];
  const isNumber = /^\d+$/.test(user);
  const uid = isNumber ? user : made(stage, /^(?:useradd|adduser)$/, user, 'u', 'uid');
  const gid = /^\d+$/.test(group) ? group : (made(stage, /^(?:groupadd|addgroup)$/, group === '' ? user : group, 'g', 'gid') ?? uid);
  if (uid === undefined) return [leftOut(step, 'user', value, `the file gives it no number; it becomes ${contract.user.uid}`)];
  const wanted = { ...(isNumber ? {} : { name: user }), uid: Number(uid), gid: Number(gid ?? uid) };
  const keys = Object.entries(wanted)
    .filter(([name, each]) => contract.user[name as keyof typeof contract.user] !== each)
    .map(([name, each]): KeyValue => [['user', name], each]);
  if (wanted.uid < 1 || wanted.uid > 65533 || wanted.gid < 1 || wanted.gid > 65533)
    return [leftOut(step, 'user', value, 'ids from 1 to 65533 are taken')];
  return [factAt(step, 'user', `${value} (${wanted.uid}:${wanted.gid})`, ...keys)];
};

/** The number that a call which makes this account gives it. */
function made(stage: Stage, programs: RegExp, name: string, ...flags: readonly string[]): string | undefined {
  const isIt = (call: Call): boolean => programs.test(call.program) && operands(call, ...VALUED).some(({ text }) => text === name);
  const call = allSteps(stage)
    .flatMap(({ script }) => script.calls)
    .find(isIt);
  const id = call && flagValue(call, ...flags)?.text;
  return id !== undefined && /^\d+$/.test(id) ? id : undefined;
}
