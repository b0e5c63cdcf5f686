import { damages, END, head, OCI, tar, type Case } from './damage.testing.ts';
import type { SoundLayout } from './broken-layout.testing.ts';

const ERROR = 'error';
const NOTE = 'note';

export function configCases(layout: SoundLayout): readonly Case[] {
  const { run } = damages(layout);
  return [
    ['a user that is none', run({ User: 'a b' }), ERROR, /config.User: `a b` is neither/, 'config.md'],
    ['a user of an id beyond all', run({ User: '4294967295' }), ERROR, /config.User: 4294967295 is larger/, 'config.md'],
    ['a port that is none', run({ ExposedPorts: { '80/http': {} } }), ERROR, /ExposedPorts.80\/http: is no/, 'config.md'],
    ['a port beyond all', run({ ExposedPorts: { '65536/tcp': {} } }), ERROR, /ExposedPorts.65536\/tcp: is no/, 'config.md'],
    ['a port of SCTP', run({ ExposedPorts: { '80/sctp': {} } }), NOTE, /knows tcp and udp alone/, 'config.md'],
    ['a variable twice', run({ Env: ['A=1', 'A=2'] }), NOTE, /config.Env\[1\]: `A` is set a second time/, 'config.md'],
    ['a volume that is no path', run({ Volumes: { data: {} } }), NOTE, /Volumes.data: is no absolute path/, 'config.md'],
    ['a working directory that is no path', run({ WorkingDir: 'app' }), NOTE, /WorkingDir: `app` is no absolute path/, 'config.md'],
    ['a signal that nobody knows', run({ StopSignal: 'SIGSTOPP' }), ERROR, /StopSignal: `SIGSTOPP` is no signal/, 'config.md'],
    ['a real-time signal beyond all', run({ StopSignal: 'SIGRTMIN+16' }), ERROR, /StopSignal: `SIGRTMIN\+16` is no signal/, 'config.md'],
    ['a signal by its number', run({ StopSignal: '15' }), NOTE, /`15` is not in the form SIGNAME/, 'config.md'],
    [
      'a health check of an unknown kind',
      run({ Healthcheck: { Test: ['RUN', 'x'] } }),
      ERROR,
      /Healthcheck.Test: `RUN` is none of/,
      'moby',
    ],
    ['a health check that runs nothing', run({ Healthcheck: { Test: ['CMD'] } }), ERROR, /CMD runs nothing/, 'moby'],
    ['a health check of nothing and more', run({ Healthcheck: { Test: ['NONE', 'x'] } }), ERROR, /NONE takes nothing more/, 'moby'],
    [
      'a health check in seconds',
      run({ Healthcheck: { Test: ['CMD', 'x'], Interval: 30 } }),
      ERROR,
      /Interval: 30 nanoseconds are less than/,
      'moby',
    ],
    [
      'a label of a reserved name',
      run({ Labels: { 'org.opencontainers.image.mood': 'x' } }),
      NOTE,
      /Labels.*mood: is no key/,
      'annotations.md',
    ],
  ];
}

export function layerCases(layout: SoundLayout): readonly Case[] {
  const { layer, tarIs } = damages(layout);
  return [
    [
      'gzip that is called zstd',
      layer({ mediaType: `${OCI}.layer.v1.tar+zstd` }),
      ERROR,
      /its bytes are gzip, its media type .* says zstd/,
      'Media Type Conflicts',
    ],
    [
      'gzip that is called a plain tar',
      layer({ mediaType: `${OCI}.layer.v1.tar` }),
      ERROR,
      /its bytes are gzip, .* says a plain tar/,
      'Media Type Conflicts',
    ],
    [
      'zstd that is called gzip',
      () => tarIs(END, Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0, 1, 0, 0])),
      ERROR,
      /its bytes are zstd, .* says gzip/,
      'Media Type Conflicts',
    ],
    [
      'two entries of one path',
      () => tarIs(tar(head('a'), head('b'), head('./a'))),
      ERROR,
      /has more than one entry for `a`$/,
      'Distributable Format',
    ],
    [
      'two whiteouts of one path',
      () => tarIs(tar(head('.wh.a'), head('.wh.a'))),
      ERROR,
      /has more than one entry for `.wh.:a`/,
      'Distributable Format',
    ],
    ['an absolute name', () => tarIs(tar(head('/etc/passwd'))), NOTE, /has absolute names: `\/etc\/passwd`/, 'Representing Changes'],
    ['a name that leads out', () => tarIs(tar(head('../a'))), ERROR, /leaves the layer/, 'Distributable Format'],
    [
      'an entry of an unknown type',
      () => {
        const entry = Buffer.from(head('a'));
        entry[156] = 0x5a;
        entry.write(checksumOf(entry), 148);
        tarIs(Buffer.concat([entry, END]));
      },
      ERROR,
      /unknown entry type "Z"/,
      'Distributable Format',
    ],
    ['a layer without entries', () => tarIs(END), NOTE, /has no entry/, 'Representing Changes'],
    [
      'a layer of no bytes',
      () => tarIs(Buffer.alloc(0), Buffer.alloc(0), `${OCI}.layer.v1.tar`),
      ERROR,
      /ends without an end mark/,
      'Distributable Format',
    ],
    ['a layer of gzip of nothing', () => tarIs(Buffer.alloc(0)), ERROR, /ends without an end mark/, 'Distributable Format'],
  ];
}

/** POSIX ustar: six octal digits, NUL, blank. */
function checksumOf(block: Buffer): string {
  const sum = block.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 0x20 : byte), 0);
  return `${sum.toString(8).padStart(6, '0')}\0 `;
}
