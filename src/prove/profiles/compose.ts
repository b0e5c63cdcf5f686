import { profile } from './profile.ts';

export const compose = profile({
  id: 'compose',
  about: '`docker compose up`.',
  levels: [
    {
      gate: 'health-check',
      level: 'required',
      why: '`depends_on` with `condition: service_healthy` waits for it',
      source: 'Compose specification, "depends_on", "healthcheck"',
    },
  ],
  grace: { ms: 10_000, source: 'Compose specification, "stop_grace_period": 10 seconds before SIGKILL' },
});
