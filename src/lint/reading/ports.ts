import type { Source } from './source.ts';
import type { Port } from './types.ts';

/** What EXPOSE is given. */
export function readPorts(source: Source): readonly Port[] {
  const ports: Port[] = [];
  for (;;) {
    if (!/[0-9$]/.test(source.char)) return ports;
    ports.push(source.attempt(() => range(source)) ?? single(source));
    if (source.attempt(() => (source.someSpace(), true)) === undefined) return ports;
  }
}

function range(source: Source): Port {
  const from = limit(source);
  source.expect('-');
  const to = limit(source);
  source.attempt(() => protocol(source));
  // Only where both are numbers can anything be said.
  return from === undefined || to === undefined ? 'variable' : { from, to };
}

function limit(source: Source): number | undefined {
  if (!source.skip('$')) return natural(source);
  source.word((char) => char === '-' || char === '/');
  return undefined;
}

function natural(source: Source): number {
  const digits = source.takeWhile((char) => /[0-9]/.test(char)).text;
  return digits === '' ? source.refuse() : Number(digits);
}

function protocol(source: Source): void {
  source.expect('/');
  if (!source.skipWord('tcp') && !source.skipWord('udp')) source.refuse();
}

function single(source: Source): Port {
  if (source.skip('$')) {
    source.word((char) => char === '$');
    return 'variable';
  }
  const port = natural(source);
  if (source.char === '-') source.refuse();
  if (source.char === '/') protocol(source);
  return { from: port, to: port };
}
