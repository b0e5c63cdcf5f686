import { declaration, wordsOf } from '../../../dockerfile/index.ts';
import { flagValue, operands } from '../../script/index.ts';
import { familyOf, type Base, type Family } from '../../stages/index.ts';
import { officialName } from './official-images.ts';
import type { InStage } from './in-stage.ts';

/** Numbers of users in /etc/passwd: Debian's base-passwd, Alpine's alpine-baselayout, BusyBox' and Fedora's setup. */
const DEBIAN = { daemon: 1, bin: 2, 'www-data': 33, nobody: 65534 };
const FEDORA = { bin: 1, daemon: 2, nobody: 65534 };
const USERS: Readonly<Partial<Record<Family, Readonly<Record<string, number>>>>> = {
  alpine: { bin: 1, daemon: 2, 'www-data': 82, guest: 405, nobody: 65534 },
  busybox: DEBIAN,
  debian: DEBIAN,
  ubuntu: DEBIAN,
  fedora: FEDORA,
  rhel: FEDORA,
  // GoogleContainerTools/distroless, common/variables.bzl.
  distroless: { nonroot: 65532, nobody: 65534 },
};

/** The number of a user: root's, one that a RUN gives, maybe by an ARG, or one that the base image is known to have. */
export function numberOf(name: string, { stage, before }: InStage): string | undefined {
  if (name === 'root') return '0';
  const made = before
    .flatMap(({ script }) => script.calls)
    .findLast((call) => ['adduser', 'useradd', 'usermod'].includes(call.program) && operands(call).some(({ text }) => text === name));
  if (made === undefined) return inBase(name, stage.base)?.toString();
  const number = flagValue(made, 'u', 'uid')?.text ?? '';
  const variable = /^\$\{?(\w+)\}?$/.exec(number)?.[1];
  return /^\d+$/.test(number) || (variable !== undefined && declares(before, variable)) ? number : undefined;
}

const declares = (before: InStage['before'], variable: string): boolean =>
  before.some(({ instruction: { name, args } }) => name === 'ARG' && wordsOf(args).some((word) => declaration(word).name === variable));

function inBase(name: string, base: Base): number | undefined {
  if (name === 'node' && officialName(base.name) === 'node') return 1000;
  const users = USERS[familyOf(base) ?? 'scratch'] ?? {};
  return Object.hasOwn(users, name) ? users[name] : undefined;
}
