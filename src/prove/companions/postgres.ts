import { UserError } from '../../base/index.ts';
import type { CompanionProgram } from '../../run/index.ts';

/** How the service logs in, and what it is given. */
export interface Login {
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** It is let in without a password. */
  readonly trusted?: true;
}

/**
 * PostgreSQL for one service. Its role owns its database and is no superuser: it reads and starts nothing of the machine's.
 * The superuser cannot log in at all: it is used before the server listens (postgres(1), "--single"), and pg_hba.conf knows
 * the role alone, by its password, over the loopback.
 */
export function postgresProgram(login: Login, port: number): Pick<CompanionProgram, 'folders' | 'before' | 'argv' | 'port'> {
  return {
    port,
    folders: ['/usr/lib/postgresql/*/bin'],
    before: [
      words(`initdb --pgdata=data --username=${OWNER} --auth=reject --encoding=UTF8 --no-locale --no-sync --no-instructions`),
      // Each line is a command, and the first that fails ends it.
      ['sh', '-c', 'printf "%s\\n" "$@" | postgres --single -D data -c exit_on_error=on postgres >/dev/null', 'sh', ...commands(login)],
      ['sh', '-c', 'printf "%s\\n" "$@" >data/pg_hba.conf', 'sh', ...['127.0.0.1/32', '::1/128'].map((from) => admitted(login, from))],
    ],
    // What it keeps is thrown away, so nothing waits for a disk; its log of changes is small, because the folder is.
    argv: [
      ...words(`postgres -D data -p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off`),
      ...words('-c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=96MB -c min_wal_size=32MB'),
    ],
  };
}

/** The cluster's superuser, whom nobody can be. */
const OWNER = 'plimsoll_owner';
/** What initdb makes. */
const MADE = 'postgres';

const words = (line: string): readonly string[] => line.split(' ');
const name = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const literal = (text: string): string => `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

function commands({ user, password, database }: Login): readonly string[] {
  const odd = [user, password, database].find((it) => it === '' || /\p{Cc}/u.test(it)) ?? (user === OWNER ? user : undefined);
  if (odd !== undefined)
    throw new UserError(
      `${JSON.stringify(odd)} cannot be a user, password or database of PostgreSQL`,
      'give it another value for the proof',
    );
  return [
    `SET password_encryption = 'scram-sha-256'`,
    `CREATE ROLE ${name(user)} LOGIN CREATEDB PASSWORD ${literal(password)}`,
    database === MADE ? `ALTER DATABASE ${name(MADE)} OWNER TO ${name(user)}` : `CREATE DATABASE ${name(database)} OWNER ${name(user)}`,
  ];
}

const admitted = ({ user, trusted }: Login, from: string): string =>
  `host all ${name(user)} ${from} ${trusted ? 'trust' : 'scram-sha-256'}`;
