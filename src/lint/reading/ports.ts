import type { Source } from './source.ts';
import type { Port } from './types.ts';

/** What EXPOSE is given. */
export function readPorts(source: Source): readonly Port[] {
  const ports: Port[] = [];
  for (;;) {
    if (!/[0-9$]/.test(source.char)) return ports;
    ports.push(source.attempt(range) ?? single(source));
    if (!source.skipSpace()) return ports;
  }
}

function range(source: Source): Port {
  const from = limit(source);
  source.expect('-');
  const to = limit(source);
  source.attempt(protocol);
  // Only where both are numbers can anything be said.
  return from === undefined || to === undefined ? 'variable' : { from, to };
}

function limit(source: Source): number | undefined {
  if (!source.skip('$')) return natural(source);
  source.word('-/');
  return undefined;
}

function natural(source: Source): number {
  const digits = source.match(/[0-9]+/y);
  return digits === undefined ? source.refuse() : Number(digits);
}

function protocol(source: Source): void {
  source.expect('/');
  if (!source.skipWord('tcp') && !source.skipWord('udp')) source.refuse();
}

function single(source: Source): Port {
  if (source.skip('$')) {
    source.word('$');
    return 'variable';
  }
  const port = natural(source);
  if (source.char === '-') source.refuse();
  if (source.char === '/') protocol(source);
  return { from: port, to: port };
}
