import { createHash, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { encodeHead, endOfTar, paddingOf } from '../../image/index.ts';
import type { PlainEntry } from '../python-image.test-support.ts';
import { addFiles, replaceIn, type Sabotage } from '../sabotage.test-support.ts';

/** As the classic way to hide something has it: one step brings it in, the next takes it away. */
const entry = (path: string, content: string | Uint8Array): PlainEntry => ({
  type: 'file',
  path,
  mode: 0o644,
  uid: 0,
  gid: 0,
  content: typeof content === 'string' ? Buffer.from(content) : content,
});
const dockerToken = (): string => `dckr_pat_${[...'xQ3kV9-mT_7bRw2LcYz8HfN0sJd'].toReversed().join('')}`;

/** Made when the tests run: no scanner of sources shall find a secret here. */
const base32 = (length: number): string =>
  [...createHash('sha512').update(String(length)).digest()]
    .map((byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte % 32])
    .join('')
    .slice(0, length);
const { privateKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

const keyInDer = createPrivateKey(privateKey).export({ type: 'pkcs8', format: 'der' });

function tarOf(path: string, content: Uint8Array): Buffer {
  const head = encodeHead({ path, type: 'file', mode: 0o644, uid: 0, gid: 0, sizeBytes: content.length, mtimeSeconds: 0 });
  return Buffer.concat([head, content, Buffer.alloc(paddingOf(content.length)), endOfTar()]);
}

export const sabotages: readonly Sabotage[] = [
  { name: 'a private key lies beside the source', service: 'python-tcp', edit: addFiles({ 'certs/server.key': privateKey }) },
  {
    name: 'the source has a cloud key',
    service: 'python-tcp',
    edit: replaceIn('server.py', 'import os\n', `import os\n\nBUCKET_KEY = "${'AK'}${'IA'}${base32(16)}"\n`),
  },
  {
    name: 'the environment has a password',
    service: 'python-tcp',
    edit: addFiles({ 'plimsoll.yaml': 'environment:\n  DB_PASSWORD: correct-horse-battery\n' }),
  },
  {
    name: 'a build argument stands in the history',
    service: 'python-tcp',
    editConfig: (image) => ({
      ...image,
      history: [...(image.history ?? []), { created_by: `RUN |1 PIP_TOKEN=${base32(24)} /bin/sh -c pip install .`, empty_layer: true }],
    }),
  },
  {
    name: 'a token lies in a file that a later step deletes',
    service: 'python-tcp',
    layers: [[entry('tmp/login.json', `{"token": "${dockerToken()}"}\n`)], [entry('tmp/.wh.login.json', '')]],
  },
  {
    name: 'a label holds a token',
    service: 'python-tcp',
    editConfig: (image) => ({ ...image, config: { ...image.config, Labels: { ...image.config?.Labels, 'build.login': dockerToken() } } }),
  },
  {
    name: 'the comment of a step holds a password in an address',
    service: 'python-tcp',
    editConfig: (image) => ({
      ...image,
      history: [
        ...(image.history ?? []),
        { created_by: 'RUN make', comment: `from https://ci:${base32(12)}@git.internal/app`, empty_layer: true },
      ],
    }),
  },
  {
    name: 'a token stands at the end of a program, after much else, with nothing around it',
    service: 'python-tcp',
    layer: [{ ...entry('usr/lib/plugin.bin', `${'\0'.repeat(3 << 20)}${dockerToken()}`) }],
  },
  {
    name: 'a private key, of bytes alone, lies in an archive within an archive',
    service: 'python-tcp',
    layer: [entry('srv/backup.tgz', gzipSync(tarOf('plugin.tar', tarOf('keys/server.der', keyInDer))))],
  },
];
