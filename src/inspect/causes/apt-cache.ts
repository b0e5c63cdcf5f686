import { cause } from './cause.ts';

export const aptCache = cause({
  id: 'apt-cache',
  title: 'lists, archives and logs of apt',
  why: 'apt makes them anew at each `apt-get update`; nothing else reads them.',
  source: 'apt-get(8), "Files"; dpkg(1), "Files"; Docker, "Building best practices", "apt-get"',
  fix: 'end the RUN that calls apt-get with `rm -rf /var/lib/apt/lists/*`, or give it `--mount=type=cache,target=/var/lib/apt`',
  rule: 'package-cache-in-layer',
  matches: ({ path }) =>
    /^var\/(?:lib\/apt\/lists\/|cache\/(?:apt|debconf)\/|lib\/dpkg\/[a-z]+-old$|log\/(?:apt\/|dpkg\.log|alternatives\.log))/.test(path),
});
