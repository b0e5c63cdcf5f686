import { profile } from './profile.ts';

export const docker = profile({
  id: 'docker',
  about: '`docker run`, with what the contract says: a read-only root, no capabilities.',
  levels: [],
  grace: { ms: 10_000, source: 'Docker CLI reference, "docker container stop": 10 seconds for Linux containers' },
});
