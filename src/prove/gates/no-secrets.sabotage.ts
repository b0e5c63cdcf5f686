import { createHash, generateKeyPairSync } from 'node:crypto';
import { addFiles, replaceIn, type Sabotage } from '../sabotage.test-support.ts';

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
];
