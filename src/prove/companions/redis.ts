import type { CompanionProgram } from '../../run/index.ts';

/**
 * Commands by which a client changes the server, has it write or load files, or reach another one: @admin, without those
 * of it that clients and libraries use. Source: redis.io, "ACL"; `ACL CAT admin` of redis 6.0 and 7.0.
 */
const RULES = '~* +@all -@admin +client +monitor +slowlog +latency -config +config|get -migrate -restore -restore-asking -pfselftest';

/** Redis 6.0 has no rules for channels, and from 7.0 on nobody may use one without such a rule. */
const WRITE_USER = 'case $($1 --version) in *v=6.0.*) ;; *) set -- "$@" "&*" ;; esac; shift; echo "user default on $*" >users';

/**
 * Redis for one service: in memory alone and bounded, so that nothing is kept. Its user is no administrator, also in scripts.
 * `password`: undefined where the service needs none.
 */
export function redisProgram(password: string | undefined, port: number): Pick<CompanionProgram, 'argv' | 'before' | 'port'> {
  const program = 'redis-server';
  const secret = password === undefined ? 'nopass' : `>${password}`;
  return {
    port,
    before: [['sh', '-c', WRITE_USER, 'sh', program, secret, ...RULES.split(' ')]],
    argv: [...`${program} --bind 127.0.0.1 --port ${port} --appendonly no --maxmemory 512mb --aclfile users`.split(' '), '--save', ''],
  };
}
