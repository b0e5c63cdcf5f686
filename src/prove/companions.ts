import type { CompanionProgram } from '../run/index.ts';
import type { Service } from '../service/index.ts';

/** What can stand beside a service in its proof: a real program of this machine. */
export type CompanionName = 'redis';

const PROGRAMS: Readonly<Record<CompanionName, CompanionProgram>> = {
  redis: {
    name: 'redis',
    // In memory alone: nothing is kept, nothing is read.
    argv: ['redis-server', '--bind', '127.0.0.1', '--port', '6379', '--save', '', '--appendonly', 'no'],
    port: 6379,
    install: 'install Debian’s `redis-server`, or leave `redis` out of `prove.companions` in plimsoll.yaml',
  },
};

export const companionProgram = (name: CompanionName): CompanionProgram => PROGRAMS[name];

/** Values of the variables by which the service finds these companions. */
export function companionValues(service: Service, names: readonly CompanionName[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    service.companions
      .flatMap(({ value: { kind, variables } }) => {
        const program = names.find((name) => name === kind);
        return program === undefined ? [] : variables.map((variable) => [variable, addressFor(variable, PROGRAMS[program])] as const);
      })
      .filter((it): it is readonly [string, string] => it[1] !== undefined),
  );
}

/** By the end of the variable's name; undefined for what says no address, such as a time to live. */
function addressFor(variable: string, { name, port }: CompanionProgram): string | undefined {
  if (/(URL|URI|DSN)$/.test(variable)) return `${name}://127.0.0.1:${port}/0`;
  if (/(HOST|HOSTNAME|ADDRESS)$/.test(variable)) return '127.0.0.1';
  return /PORT$/.test(variable) ? String(port) : undefined;
}
