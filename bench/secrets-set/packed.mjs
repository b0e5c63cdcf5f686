// The same files where they are harder to see: in archives, as other programs write them, in UTF-16; and keys that are bytes alone.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

function inFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-packed-'));
  try {
    return use(
      (command, ...args) => execFileSync(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28 }),
      folder,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes a file below a new folder, and reads what the commands made of it. */
const packedBy =
  (name, ...commands) =>
  ({ path, bytes }) =>
    inFolder((run, folder) => {
      mkdirSync(join(folder, dirname(path)), { recursive: true });
      writeFileSync(join(folder, path), bytes);
      for (const [command, ...args] of commands) run(command, ...args.map((it) => (it === '@' ? path : it)));
      return readFileSync(join(folder, name));
    });

const ARCHIVES = {
  zip: ['app/backup.zip', packedBy('a.zip', ['zip', '-q', 'a.zip', '@']), [0]],
  'stored zip': ['app/lib/client.jar', packedBy('a.zip', ['zip', '-q0', 'a.zip', '@']), [0]],
  tar: ['app/backup.tar', packedBy('a.tar', ['tar', '-cf', 'a.tar', '@']), [0]],
  'tar.gz': ['srv/backup.tgz', packedBy('a.tgz', ['tar', '-czf', 'a.tgz', '@']), [0]],
  'tar.xz': ['srv/backup.tar.xz', packedBy('a.txz', ['tar', '-cJf', 'a.txz', '@']), [0]],
  'tar.zst': ['srv/backup.tar.zst', packedBy('a.tzst', ['tar', '--zstd', '-cf', 'a.tzst', '@']), [0]],
  'zip in tar.gz': ['srv/all.tar.gz', packedBy('b.tgz', ['zip', '-q', 'a.zip', '@'], ['tar', '-czf', 'b.tgz', 'a.zip']), ['a.zip', 0]],
  'tar.gz in zip': ['srv/all.bin', packedBy('b.zip', ['tar', '-czf', 'a.tgz', '@'], ['zip', '-q', 'b.zip', 'a.tgz']), ['a.tgz', 0]],
};
const BY_ITSELF = {
  gzip: ['gz', (path) => packedBy(`${path}.gz`, ['gzip', '@'])],
  xz: ['xz', (path) => packedBy(`${path}.xz`, ['xz', '@'])],
  zstd: ['zst', (path) => packedBy(`${path}.zst`, ['zstd', '-q', '@'])],
};
const ENCODINGS = ['UTF-16', 'UTF-16LE', 'UTF-16BE'];

/** Of a file with a secret: it in each archive, and in each encoding. */
export function* hidden({ path, text, line, isBinary }) {
  const bytes = Buffer.from(text, isBinary ? 'latin1' : 'utf8');
  for (const [kind, [at, pack, way]] of Object.entries(ARCHIVES))
    yield { kind: `in ${kind}`, path: at, bytes: pack({ path, bytes }), line, inside: way.map((it) => it || path) };
  for (const [kind, [suffix, packer]] of Object.entries(BY_ITSELF))
    yield { kind: `in ${kind}`, path: `${path}.${suffix}`, bytes: packer(basename(path))({ path: basename(path), bytes }), line };
  if (!isBinary)
    for (const encoding of ENCODINGS)
      yield { kind: `in ${encoding}`, path, bytes: execFileSync('iconv', ['-f', 'UTF-8', '-t', encoding], { input: text }), line };
}

/** Keys that are a whole file; `isNone` where there is no private key in it. */
export function* binaryKeys() {
  yield* inFolder((run, folder) => {
    const made = [];
    const put = (kind, name, isNone = false) =>
      made.push({ kind, path: `app/certs/${name}`, bytes: readFileSync(join(folder, name)), isNone });
    const openssl = (...args) => run('openssl', ...args);
    for (const [id, ...how] of [
      ['rsa', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:3072'],
      ['p384', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'],
      ['k1', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:secp256k1'],
      ['ed448', '-algorithm', 'ED448'],
      ['x25519', '-algorithm', 'X25519'],
    ]) {
      openssl('genpkey', ...how, '-out', `${id}.pem`);
      openssl('pkcs8', '-topk8', '-nocrypt', '-in', `${id}.pem`, '-outform', 'DER', '-out', `${id}.der`);
      put('key in DER', `${id}.der`);
      openssl('pkcs8', '-topk8', '-passout', 'pass:abcd', '-in', `${id}.pem`, '-outform', 'DER', '-out', `${id}.enc`);
      put('encrypted key in DER', `${id}.enc`);
      openssl('pkey', '-in', `${id}.pem`, '-pubout', '-outform', 'DER', '-out', `${id}.pub`);
      put('public key', `${id}.pub`, true);
      if (id === 'x25519') continue;
      openssl('req', '-x509', '-key', `${id}.pem`, '-subj', `/CN=${id}`, '-out', `${id}.crt`);
      openssl('x509', '-in', `${id}.crt`, '-outform', 'DER', '-out', `${id}.cer`);
      put('certificate', `${id}.cer`, true);
      openssl('pkcs12', '-export', '-in', `${id}.crt`, '-inkey', `${id}.pem`, '-passout', 'pass:abcd', '-out', `${id}.p12`);
      put('key in PKCS #12', `${id}.p12`);
      openssl('pkcs12', '-export', '-in', `${id}.crt`, '-nokeys', '-passout', 'pass:abcd', '-out', `${id}-trust.p12`);
      put('certificates in PKCS #12', `${id}-trust.p12`, true);
      for (const type of spawnSync('keytool', ['-help']).error ? [] : ['JKS', 'JCEKS']) {
        const from = ['-srckeystore', `${id}.p12`, '-srcstoretype', 'PKCS12', '-srcstorepass', 'abcd'];
        if (id === 'rsa') {
          run('keytool', '-importkeystore', ...from, '-destkeystore', `a.${type}`, '-deststoretype', type, '-deststorepass', 'abcdef');
          put(`key in ${type}`, `a.${type}`);
          run(
            'keytool',
            '-importcert',
            '-noprompt',
            '-alias',
            'a',
            '-file',
            `${id}.crt`,
            '-keystore',
            `b.${type}`,
            '-storetype',
            type,
            '-storepass',
            'abcdef',
          );
          put(`certificates in ${type}`, `b.${type}`, true);
        }
      }
    }
    return made;
  });
}
