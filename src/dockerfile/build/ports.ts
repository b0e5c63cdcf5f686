import { parseInteger } from './go-values.ts';
import { refusal, type Refusal } from './refusal.ts';

/** One port or range of EXPOSE. */
export interface PortSpec {
  readonly start: number;
  readonly end: number;
  readonly protocol: string;
  /** An address or a host's port is written too, which EXPOSE does not use. */
  readonly mapsHost: boolean;
}

/** Reads `[ip:][hostPort:]port[-port][/protocol]` (dockerfile2llb/convert_expose.go). `spec` is there where the lint rules see it. */
export function parsePort(text: string): { readonly spec?: PortSpec; readonly problem?: Refusal } {
  const refused = (why: string): Refusal =>
    refusal('bad-port', `\`${text}\` is not a port: ${why}`, 'write a port or a range of ports, such as `8080` or `53/udp`');
  const { ip, hostPort, rest } = splitParts(text);
  const slash = rest.indexOf('/');
  const ports = slash === -1 ? rest : rest.slice(0, slash);
  const written = slash === -1 ? '' : rest.slice(slash + 1);
  if (ports === '') return { problem: refused('there is no port') };
  if (!['', 'tcp', 'udp', 'sctp'].includes(written.toLowerCase())) return { problem: refused(`\`${written}\` is not a protocol`) };
  const protocol = written === '' ? 'tcp' : written;
  const range = portRange(ports);
  const spec = { start: range?.[0] ?? 0, end: range?.[1] ?? 0, protocol, mapsHost: ip !== '' || hostPort !== '' };
  if (ip !== '' && !isAddress(ip)) return { spec, problem: refused(`\`${ip}\` is not an address`) };
  if (range === undefined) return { spec, problem: refused(`\`${ports}\` is not between 0 and 65535`) };
  if (hostPort === '') return { spec };
  const host = portRange(hostPort);
  if (host === undefined) return { spec, problem: refused(`\`${hostPort}\` is not between 0 and 65535`) };
  const [size, hostSize] = [range[1] - range[0], host[1] - host[0]];
  return size !== hostSize && size !== 0 ? { spec, problem: refused('the two ranges differ in size') } : { spec };
}

function splitParts(text: string): { ip: string; hostPort: string; rest: string } {
  const parts = text.split(':');
  const rest = parts.pop() ?? '';
  const hostPort = parts.pop() ?? '';
  return { ip: parts.join(':'), hostPort, rest };
}

function portRange(text: string): readonly [number, number] | undefined {
  const dash = text.indexOf('-');
  const first = portNumber(dash === -1 ? text : text.slice(0, dash));
  if (first === undefined || dash === -1 || text.slice(0, dash) === text.slice(dash + 1))
    return first === undefined ? undefined : [first, first];
  const last = portNumber(text.slice(dash + 1));
  return last === undefined || last < first ? undefined : [first, last];
}

function portNumber(text: string): number | undefined {
  const value = parseInteger(text, 64);
  return value !== undefined && value >= 0n && value <= 65_535n ? Number(value) : undefined;
}

/** net.ParseIP, after the brackets of an IPv6 address are taken away. */
function isAddress(text: string): boolean {
  const inner = text.startsWith('[') ? /^\[([^[\]]*)\]$/.exec(text)?.[1] : text;
  return inner !== undefined && (isIPv4(inner) || isIPv6(inner));
}

const isIPv4 = (text: string): boolean =>
  /^(?:(?:0|[1-9][0-9]{0,2})(?:\.|$)){4}$/.test(text) && text.split('.').every((part) => part !== '' && Number(part) < 256);

function isIPv6(text: string): boolean {
  if (!text.includes(':') || text.includes('%')) return false;
  try {
    return new URL(`http://[${text}]/`).hostname !== '';
  } catch {
    return false;
  }
}
