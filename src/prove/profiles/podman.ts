import { profile } from './profile.ts';

export const podman = profile({
  id: 'podman',
  about: '`podman run`, or a Quadlet unit.',
  levels: [],
  grace: { ms: 10_000, source: 'podman-stop(1), `--time`: 10 seconds' },
});
