import type { Instruction } from '../../../dockerfile/index.ts';
import { operands, type Command } from '../../shell/index.ts';
import type { ReadInstruction } from '../../reading/index.ts';
import type { Subject } from '../../types.ts';
import { baseOf, systemOf } from './base-images.ts';
import { officialName } from './official-images.ts';

/** Numbers of users that base images have: /etc/passwd of Debian's base-passwd, and of Alpine's alpine-baselayout. */
const DEBIAN = { daemon: 1, bin: 2, 'www-data': 33, nobody: 65534 } as const;
const ALPINE = { bin: 1, daemon: 2, 'www-data': 82, guest: 405, nobody: 65534 } as const;
const BUSYBOX = { daemon: 1, bin: 2, 'www-data': 33, nobody: 65534 } as const;
const RPM = { bin: 1, daemon: 2, nobody: 65534 } as const;
const KNOWN = { debian: DEBIAN, ubuntu: DEBIAN, alpine: ALPINE, busybox: BUSYBOX, rpm: RPM, scratch: {} } as const;

/** The number of a user: root's, one that the base image is known to have, or one that a RUN of the stage gives. */
export function numberOf({ reading, evaluation }: Subject, name: string, user: ReadInstruction): number | undefined {
  if (name === 'root') return 0;
  const from = reading.instructions.findLast((each) => each.name === 'FROM' && each.line < user.line);
  const runs = reading.instructions.flatMap((each) =>
    each.name === 'RUN' && each.line > (from?.line ?? 0) && each.line < user.line ? each.arguments.script.commands : [],
  );
  const made = runs.filter((command) => makes(command, name));
  // Who is made here may be another one than the image had.
  return made.length > 0 ? given(made.at(-1) as Command) : user.instruction && inBase(evaluation, user.instruction, name);
}

const makes = (command: Command, name: string): boolean =>
  ['adduser', 'useradd', 'usermod'].includes(command.name) && operands(command).some(({ text }) => text === name);

/** What `-u NUMBER`, `--uid NUMBER` or `--uid=NUMBER` says. */
function given({ args }: Command): number | undefined {
  const texts = args.map(({ text }) => text);
  const value = /(?:^| )(?:-[a-zA-Z]*u|--uid)[ =](\d+)(?= |$)/.exec(texts.join(' '))?.[1];
  return value === undefined ? undefined : Number(value);
}

function inBase(evaluation: Subject['evaluation'], instruction: Instruction, name: string): number | undefined {
  const base = baseOf(evaluation, instruction);
  if (base === undefined) return undefined;
  // GoogleContainerTools/distroless, common/variables.bzl.
  if (/^gcr\.io\/distroless\//.test(base.name)) return { nonroot: 65532, nobody: 65534 }[name];
  if (officialName(base.name) === 'node' && name === 'node') return 1000;
  const system = systemOf(base);
  const users: Readonly<Record<string, number>> = system === undefined ? {} : KNOWN[system];
  return Object.hasOwn(users, name) ? users[name] : undefined;
}
