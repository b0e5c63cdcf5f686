import { createHash, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { credentialReader } from './credential-file.ts';
import { isLiteral, isSecretName, passwordIn } from '../../base/index.ts';
import { secretsInFile } from './scan.ts';
import { secretsInText } from './secret.ts';
import { hasGithubChecksum } from '../../base/secrets/checks.ts';

// Made up when the test runs, so that no scanner of sources finds a token here.
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const random = (seed: string, length: number, alphabet = BASE62): string => {
  let text = '';
  for (let i = 0; text.length < length; i += 1)
    for (const byte of createHash('sha256').update(`${seed}${i}`).digest()) text += alphabet[byte % alphabet.length];
  return text.slice(0, length);
};
function github(prefix: string): string {
  const body = random(prefix, 30);
  let rest = crc32(Buffer.from(body));
  let check = '';
  for (let i = 0; i < 6; i += 1) [check, rest] = [BASE62[rest % 62] + check, Math.floor(rest / 62)];
  return prefix + body + check;
}
const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const tokens: readonly (readonly [string, string])[] = [
  ['AWS access key', `AKIA${random('a', 16, base32)}`],
  ['AWS secret access key', `aws_secret_access_key = ${random('b', 40)}`],
  ['GitHub token', github('ghp_')],
  ['GitHub token', github('ghs_')],
  ['npm token', github('npm_')],
  ['PyPI token', `pypi-AgEIcHlwaS5vcmc${random('c', 90)}`],
  ['Slack token', `xoxb-${random('d', 12, '0123456789')}-${random('e', 12, '0123456789')}-${random('f', 24)}`],
  ['Slack webhook', `https://hooks.slack.com/services/T${random('g', 9, base32)}/B${random('h', 9, base32)}/${random('i', 24)}`],
  ['Stripe live key', `sk_live_${random('j', 32)}`],
  ['OpenAI key', `sk-proj-${random('k', 60)}T3BlbkFJ${random('l', 60)}`],
  ['Google API key', `AIza${random('m', 35)}`],
];

describe('tokens', () => {
  test.each(tokens)('%s is found by its shape, with its line', (name, token) => {
    expect(secretsInText(`first\nx = "${token}"\n`)).toMatchObject([{ name, line: 2, known: true }]);
  });
  test('the checksum is the one that GitHub documents, and a token that breaks it is none', () => {
    expect(hasGithubChecksum(['ghp', 'zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17'].join('_'))).toBe(true);
    expect(secretsInText(`ghp_${random('z', 36)}`)).toEqual([]);
  });
  test.each([
    'AKIAIOSFODNN7EXAMPLE',
    'AKIAAAAAAAAAAAAAAAAA',
    'sk_test_' + random('t', 32),
    'xoxb-your-token',
    `AIza${'x'.repeat(35)}`,
    'aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    'github_pat_',
  ])('is no secret: %s', (text) => {
    expect(secretsInText(text)).toEqual([]);
  });
});

describe('private keys', () => {
  const rsa = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const encryptedRsa = createPrivateKey(rsa.privateKey).export({
    type: 'pkcs1',
    format: 'pem',
    cipher: 'aes-128-cbc',
    passphrase: 'x',
  }) as string;
  const ec = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' },
  });
  test.each([
    ['RSA private key', rsa.privateKey],
    ['encrypted private key', ec.privateKey],
    ['RSA private key', JSON.stringify({ type: 'service_account', private_key: rsa.privateKey })],
    [
      'RSA private key',
      rsa.privateKey
        .split('\n')
        .map((line) => `    "${line}\\n"`)
        .join('\n'),
    ],
    ['encrypted RSA private key', encryptedRsa],
    ['RSA private key', rsa.privateKey.replaceAll('\n', '\r\n')],
  ])('%s', (name, text) => expect(secretsInText(`x\n${text}`).map((it) => it.name)).toEqual([name]));
  test('every key is found, whatever characters its lines begin and end with', () => {
    for (let count = 0; count < 60; count += 1) {
      const { privateKey } = generateKeyPairSync('ec', {
        namedCurve: 'P-521',
        publicKeyEncoding: { type: 'spki', format: 'pem' },
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      });
      const literals = privateKey
        .trimEnd()
        .split('\n')
        .map((line) => `    b"${line}\\n" +`);
      for (const text of [privateKey, literals.join('\n')]) expect(secretsInText(text), text).toHaveLength(1);
    }
  });
  test('marks without a key between them are none: libraries and documents have them', () => {
    const marks = (body: string): string => `-----BEGIN RSA PRIVATE KEY-----\n${body}\n-----END RSA PRIVATE KEY-----`;
    for (const body of ['...', 'MIIEpAIBAAKCAQEA...', random('k', 64), 'A'.repeat(640), '%s'])
      expect(secretsInText(marks(body))).toEqual([]);
    expect(secretsInText(rsa.publicKey)).toEqual([]);
  });
  test('a key across two pieces of a large file is found', async () => {
    async function* content() {
      yield Buffer.alloc((1 << 20) - 500, 'x\n');
      yield Buffer.from(rsa.privateKey);
      yield Buffer.alloc(1 << 20, 'y\n');
    }
    expect(await secretsInFile('app/big.txt', content())).toEqual([
      { name: 'RSA private key', line: ((1 << 20) - 500) / 2 + 1, known: true },
    ]);
  });
  test('a token is found once in a large program, at its offset, wherever the pieces end that it is read in', async () => {
    const token = `dckr_pat_${random('n', 27)}`;
    for (const at of [0, (1 << 20) - 30, (1 << 20) + 5, (2 << 20) - 16_400]) {
      const bytes = Buffer.alloc(3 << 20);
      bytes.write(token, at);
      async function* content() {
        for (let from = 0; from < bytes.length; from += 65_536) yield bytes.subarray(from, from + 65_536);
      }
      const found = await secretsInFile('app/program', content());
      expect(found).toEqual([{ name: 'Docker token', shown: 'dckr… (36 characters)', offset: at, known: true }]);
    }
  });
});

describe('files that hold passwords', () => {
  const read = (path: string, text: string) => credentialReader(path, Buffer.from(text))?.(text).map((it) => it.line);
  test.each([
    ['app/.env', 'DEBUG=1\nDB_PASSWORD=correct-horse\n', [2]],
    ['app/.env.production', 'export API_KEY="k3yk3yk3y"', [1]],
    ['app/.env', 'DATABASE_URL=postgres://app:s3cr3t-9@db/app', [1]],
    ['app/.env', 'PORT=8000\nAPI_KEY=\nTOKEN=${TOKEN}\nSECRET_KEY=change-me\nLOG=info', []],
    ['home/app/.netrc', 'machine x login y password hunter2hunter2', [1]],
    ['root/.npmrc', '//registry.example/:_authToken=abc123abc123', [1]],
    ['root/.npmrc', '//registry.example/:_authToken=${NPM_TOKEN}', []],
    ['etc/pip.conf', '[global]\nindex-url = https://me:t0ken-1@pypi.example/simple', [2]],
    ['etc/pip.conf', '[global]\nindex-url = https://pypi.example/simple', []],
    ['root/.aws/credentials', `[default]\naws_secret_access_key = ${random('q', 40)}`, [2]],
    ['root/.docker/config.json', '{"auths":{"x":{"auth":"bWU6c2VjcmV0"}}}', [1]],
  ])('%s: %j', (path, text, lines) => expect(read(path, text)).toEqual(lines));
  test('a template is none of them', () => {
    for (const path of ['app/.env.example', 'app/.env.sample', 'app/environment.py', 'app/netrc.py'])
      expect(credentialReader(path, Buffer.alloc(0))).toBeUndefined();
  });
});

describe('values under the name of a secret', () => {
  const found = async (path: string, text: string) =>
    (
      await secretsInFile(
        path,
        (async function* () {
          yield Buffer.from(text);
        })(),
      )
    ).map(({ line, known }) => [line, known]);
  const value = random('p', 24);
  test.each([
    ['app/app.ini', `[db]\npassword = ${value}\n`, [[2, false]]],
    ['app/app.yaml', `db:\n  clientSecret: ${value}\n`, [[2, false]]],
    ['app/settings.py', `import os\nSECRET_KEY = "${value}"\n`, [[2, false]]],
    ['app/settings.json', `{"db": {"apiKey": "${value}"}}`, [[1, false]]],
    ['app/run.sh', `export API_TOKEN='${value}'\n`, [[1, false]]],
    ['app/db.py', `connect("postgres://shop:${value}@db.internal/shop")\n`, [[1, false]]],
    ['app/state.json', `{"terraform_version": "1", "lineage": "x",\n"password": "${value}"}`, [[2, true]]],
    ['app/settings.py', `SECRET_KEY = get("${value}")\npassword = settings.${value}\n`, []],
    ['app/settings.py', `token_sha256 = "${'0a1b2c3d'.repeat(8)}"\nTOKEN = "csrf-middleware-token-v2"\n`, []],
    ['app/app.yaml', 'key: 9c5b94b1-35ad-49bb-b118-8e8fc24abf80\npassword: ${DB_PASSWORD}\nsecret: <token-1a2b3c4d5e6f>\n', []],
    ['app/db.py', `"postgres://shop:password1@localhost/x", "http://a:${value}@example.org"`, []],
    ['app/db.py', `"https://a.org:123,b:c1d2e3f4@b.org/path", "https://foo.com:123,foo:bar@bar.com"`, []],
    ['app/notes.txt', `password = ${value}\n`, []],
  ])('%s: %j', async (path, text, lines) => expect(await found(path, text)).toEqual(lines));
  test('what is known is not noted again', async () => {
    expect(await found('app/settings.py', `API_TOKEN = "${github('ghp_')}"\n`)).toEqual([[1, true]]);
  });
});

test('names and values of variables', () => {
  for (const name of ['DB_PASSWORD', 'API_KEY', 'SECRET_KEY', 'GITHUB_TOKEN', 'aws_secret', 'DB_PASS', 'PGPASSWORD', 'smtp-pass'])
    expect(isSecretName(name)).toBe(true);
  for (const name of [
    'GPG_KEY',
    'PATH',
    'PYTHON_SHA256',
    'TOKEN_URL',
    'PASSWORD_FILE',
    'MAX_TOKENS',
    'KEYBOARD',
    'PUBLIC_API_KEY',
    'BYPASS',
    'PASS',
  ])
    expect(isSecretName(name)).toBe(false);
  for (const value of ['', 'true', '/run/secrets/x', '${X}', '<token>', 'change-me', '30', 'https://example.org'])
    expect(isLiteral(value)).toBe(false);
  for (const value of ['correct-horse', 's3cr3t!', '8f14e45fceea167a']) expect(isLiteral(value)).toBe(true);
  expect(passwordIn('amqp://app:9fae@mq:5672')).toBe('9fae');
  for (const url of ['http://x/', 'redis://:${PW}@h', 'postgres://user:password@localhost/db', 'http://host:80/a@b'])
    expect(passwordIn(url)).toBeUndefined();
});
