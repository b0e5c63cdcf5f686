import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findOnPath } from '../../base/node.ts';
import { secretsInFile } from './scan.ts';

type Command = readonly [string, ...string[]];

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-binary-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => join(folder, name);
const openssl = (...args: readonly string[]): void => void execFileSync('openssl', args, { stdio: 'pipe' });
const keytool = (...args: readonly string[]): void => void execFileSync('keytool', args, { stdio: 'pipe' });

const namesIn = async (bytes: Uint8Array): Promise<readonly string[]> =>
  (
    await secretsInFile(
      'app/file',
      (async function* () {
        yield bytes;
      })(),
    )
  ).map(({ name }) => name);

describe.skipIf(!(await findOnPath('openssl')))('what openssl writes in DER', () => {
  const make = (name: string, command: string, ...args: readonly string[]): string => {
    openssl(command, '-out', file(name), ...args);
    return file(name);
  };
  const [rsa, ec, ed25519, dsa] = [file('rsa'), file('ec'), file('ed25519'), file('dsa')];
  const [parameters, cert] = [file('parameters'), file('cert')];
  beforeAll(() => {
    make('rsa', 'genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048');
    make('ec', 'genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256');
    make('ed25519', 'genpkey', '-algorithm', 'ED25519');
    make('parameters', 'dsaparam', '1024');
    make('dsa', 'gendsa', file('parameters'));
    make('cert', 'req', '-x509', '-key', file('rsa'), '-subj', '/CN=a', '-days', '30');
  });
  const store = (...args: readonly string[]): Command => ['pkcs12', '-export', '-in', cert, ...args];
  const pkcs8 = (key: string, ...args: readonly string[]): Command => ['pkcs8', '-topk8', '-in', key, '-outform', 'DER', ...args];

  test.each<readonly [string, Command]>([
    ['private key (DER)', pkcs8(rsa, '-nocrypt')],
    ['private key (DER)', pkcs8(ec, '-nocrypt')],
    ['private key (DER)', pkcs8(ed25519, '-nocrypt')],
    ['private key (DER)', pkcs8(dsa, '-nocrypt')],
    ['RSA private key (DER)', ['rsa', '-in', rsa, '-traditional', '-outform', 'DER']],
    ['EC private key (DER)', ['ec', '-in', ec, '-outform', 'DER']],
    ['DSA private key (DER)', ['dsa', '-in', dsa, '-outform', 'DER']],
    ['encrypted private key (DER)', pkcs8(rsa, '-passout', 'pass:abcd')],
    ['encrypted private key (DER)', pkcs8(ec, '-passout', 'pass:abcd', '-scrypt')],
    ['encrypted private key (DER)', pkcs8(ec, '-passout', 'pass:abcd', '-v1', 'PBE-SHA1-3DES')],
    ['encrypted private key (PKCS #12)', store('-inkey', rsa, '-passout', 'pass:abcd')],
    ['encrypted private key (PKCS #12)', store('-inkey', rsa, '-passout', 'pass:')],
    ['private key (PKCS #12)', store('-inkey', rsa, '-passout', 'pass:abcd', '-keypbe', 'NONE')],
  ])('%s: openssl %j', async (name, args) => {
    expect(await namesIn(readFileSync(make('made.der', ...args)))).toEqual([name]);
  });

  test.each<readonly [string, Command]>([
    ['a certificate', ['x509', '-in', cert, '-outform', 'DER']],
    ['a request', ['req', '-new', '-key', rsa, '-subj', '/CN=a', '-outform', 'DER']],
    ['a public key', ['pkey', '-in', rsa, '-pubout', '-outform', 'DER']],
    ['a public key of a curve', ['pkey', '-in', ec, '-pubout', '-outform', 'DER']],
    ['a public RSA key, PKCS #1', ['rsa', '-in', rsa, '-RSAPublicKey_out', '-outform', 'DER']],
    ['parameters', ['dsaparam', '-in', parameters, '-outform', 'DER']],
    ['certificates in PKCS #7', ['crl2pkcs7', '-nocrl', '-certfile', cert, '-outform', 'DER']],
    ['a PKCS #12 store of certificates', store('-nokeys', '-passout', 'pass:abcd')],
    ['a PKCS #12 store of certificates, open', store('-nokeys', '-passout', 'pass:abcd', '-certpbe', 'NONE')],
  ])('%s is none', async (_, args) => {
    expect(await namesIn(readFileSync(make('made.der', ...args)))).toEqual([]);
  });

  test('a key that is cut off, or has something behind it, is none', async () => {
    const key = readFileSync(make('made.der', ...pkcs8(rsa, '-nocrypt')));
    expect(await namesIn(key.subarray(0, -1))).toEqual([]);
    expect(await namesIn(Buffer.concat([key, Buffer.from([0])]))).toEqual([]);
  });
});

describe.skipIf(!(await findOnPath('keytool')) || !(await findOnPath('openssl')))('what keytool writes', () => {
  const PASSWORD = 'abcdef';
  const made = (type: string): Buffer => {
    const store = file(`${type}.ks`);
    keytool('-genkeypair', '-alias', 'a', '-dname', 'CN=a', '-keyalg', 'EC', ...common(store, type), '-keypass', PASSWORD);
    return readFileSync(store);
  };
  const common = (store: string, type: string): readonly string[] => [
    '-keystore',
    store,
    '-storetype',
    type,
    '-storepass',
    PASSWORD,
    '-noprompt',
  ];
  const trusting = (type: string): Buffer => {
    const [key, cert, store] = [file('k.pem'), file('c.pem'), file(`${type}.trust`)];
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-noenc', '-keyout', key, '-subj', '/CN=a', '-out', cert);
    keytool('-importcert', '-alias', 'a', '-file', cert, ...common(store, type));
    return readFileSync(store);
  };

  test.each([
    ['JKS', 'encrypted private key (Java keystore)'],
    ['JCEKS', 'encrypted private key (Java keystore)'],
    ['PKCS12', 'encrypted private key (PKCS #12)'],
  ])('a key in %s is found without its password', async (type, name) => expect(await namesIn(made(type))).toEqual([name]));

  test('a key behind certificates is found', async () => {
    const store = file('both.jks');
    const cert = file('both.pem');
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-noenc', '-keyout', file('both.key'), '-subj', '/CN=a', '-out', cert);
    keytool('-importcert', '-alias', 'a', '-file', cert, ...common(store, 'JKS'));
    keytool('-genkeypair', '-alias', 'z', '-dname', 'CN=a', '-keyalg', 'EC', ...common(store, 'JKS'), '-keypass', PASSWORD);
    expect(await namesIn(readFileSync(store))).toEqual(['encrypted private key (Java keystore)']);
  });

  test('a secret key in JCEKS is found', async () => {
    const store = file('secret.jceks');
    keytool('-genseckey', '-alias', 'a', '-keyalg', 'AES', '-keysize', '128', ...common(store, 'JCEKS'), '-keypass', PASSWORD);
    expect(await namesIn(readFileSync(store))).toEqual(['encrypted secret key (Java keystore)']);
  });

  test.each(['JKS', 'PKCS12'])('certificates alone in %s are none', async (type) => expect(await namesIn(trusting(type))).toEqual([]));
});
