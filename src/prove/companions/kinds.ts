import type { Companion } from '../../service/index.ts';
import type { Login } from './postgres.ts';

/** What can stand beside a service in its proof: a real program of this machine. */
export type CompanionName = 'redis' | 'postgres' | 'moto';

export type Kind = Companion['kind'];

/** What the service talks to, by the program that stands for it. */
export const KINDS: Readonly<Record<CompanionName, Kind>> = { redis: 'redis', postgres: 'postgres', moto: 's3' };
/** Not moto's own 5000, which is Flask's too: both are in one network. */
export const PORTS: Readonly<Record<CompanionName, number>> = { redis: 6379, postgres: 5432, moto: 4566 };
/** A user, a password, a key: where nobody names one. */
export const STAND_IN = 'plimsoll';
/** The database is there without anybody's doing. */
export const LOGIN: Login = { user: STAND_IN, password: STAND_IN, database: 'postgres' };
