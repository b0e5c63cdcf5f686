import { UserError } from '../base/index.ts';
import { parseProbe, type Config } from '../config/index.ts';
import type { Probe } from '../prove/index.ts';

/** What the proof asks the service: `probes` of plimsoll.yaml, then `--probe`. Throws UserError for a `--probe` that is no request. */
export const probesOf = ({ probes = [] }: Pick<Config, 'probes'>, flags: readonly string[] = []): readonly Probe[] => [
  ...probes.map(declared),
  ...flags.map((text) => httpProbe(text)),
];

function declared(probe: NonNullable<Config['probes']>[number]): Probe {
  if (typeof probe === 'string') return httpProbe(probe);
  if ('tcp' in probe) return { speaks: 'tcp', port: probe.tcp, send: probe.send, expect: probe.expect, when: probe.when };
  const { request, expect = {}, headers, body, slow, when } = probe;
  const asked = httpProbe(request);
  return {
    ...asked,
    slow,
    when,
    ...(headers ? { headers } : {}),
    ...(body === undefined ? {} : { body }),
    expect: { ...asked.expect, ...expect },
  };
}

function httpProbe(text: string): Extract<Probe, { speaks: 'http' }> {
  const asked = parseProbe(text);
  if (!asked) throw new UserError(`\`--probe ${text}\` is no request`, 'write `--probe "GET /orders 200"`');
  const { method, path, status } = asked;
  return { speaks: 'http', method, path, slow: false, when: 'before', expect: status === undefined ? {} : { status } };
}
