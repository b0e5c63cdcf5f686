import { cause } from './cause.ts';

export const dnfCache = cause({
  id: 'dnf-cache',
  title: 'caches and logs of dnf and yum',
  why: 'Metadata of repositories, out of date the day after.',
  source: 'dnf(8), "Clean Command"',
  fix: 'end the RUN that calls dnf with `dnf clean all`, or give it `--mount=type=cache,target=/var/cache/dnf`',
  rule: 'package-cache-in-layer',
  matches: ({ path }) => /^var\/(?:cache\/(?:dnf|yum|libdnf5)\/|lib\/dnf\/repos\/|log\/(?:dnf|yum|hawkey)[^/]*\.log)/.test(path),
});
