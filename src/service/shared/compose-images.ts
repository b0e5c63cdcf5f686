import type { Companion } from '../types.ts';

/** The companion that an image is, by the last part of its name. */
const IMAGES: readonly (readonly [RegExp, Companion['kind']])[] = [
  [/^(redis|valkey|redis-stack(-server)?)$/, 'redis'],
  [/^(postgres|postgresql|postgis|timescaledb|pgvector)$/, 'postgres'],
  [/^(mysql|mariadb|percona)$/, 'mysql'],
  [/^(minio|localstack|localstack-pro|moto)$/, 's3'],
  [/^(mongo|mongodb)$/, 'mongodb'],
  [/^rabbitmq$/, 'rabbitmq'],
  [/^(kafka|cp-kafka|redpanda)$/, 'kafka'],
];

/** Undefined: none that is known. */
export function kindOf(image: string): Companion['kind'] | undefined {
  const name = image.split('@')[0]?.split('/').at(-1)?.split(':')[0] ?? '';
  return IMAGES.find(([pattern]) => pattern.test(name))?.[1];
}
