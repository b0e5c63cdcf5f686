// Secrets of kinds that their issuers document, made after those documents and by the issuers' own programs where there are any.
// Shares no code and no pattern with what looks for them.
import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { ALNUM, DIGITS, LOWER, UPPER, URLSAFE } from './random.mjs';

const BASE32 = `${UPPER}234567`;

/** GitHub: thirty random characters, then their CRC-32 in base 62, six characters. npm took it over. */
function checksummed(r, prefix) {
  const body = r.text(ALNUM, 30);
  let sum = crc32(Buffer.from(body));
  const digits = [];
  while (digits.length < 6) {
    digits.unshift(ALNUM[sum % 62]);
    sum = Math.floor(sum / 62);
  }
  return prefix + body + digits.join('');
}

/** Macaroons, version 2: type, length, data; then caveats; then the signature. */
function macaroon(r, location) {
  const field = (type, data) => Buffer.concat([Buffer.from([type, data.length]), data]);
  const uuid = `${r.hex(8)}-${r.hex(4)}-4${r.hex(3)}-8${r.hex(3)}-${r.hex(12)}`;
  const caveat = r.one([`[0, 1767225600, 1735689600]`, `[1, ["${r.text(LOWER, 8)}"]]`, `[3, "${uuid}"]`]);
  const bytes = Buffer.concat([
    Buffer.from([2]),
    field(1, Buffer.from(location)),
    field(2, Buffer.from(uuid)),
    Buffer.from([0]),
    field(2, Buffer.from(caveat)),
    Buffer.from([0, 0]),
    field(6, r.bytes(32)),
  ]);
  return `pypi-${bytes.toString('base64url')}`;
}

function jwt(r) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = part({ alg: 'HS256', typ: 'JWT', ...(r.int(2) ? { kid: r.hex(8) } : {}) });
  const now = 1790000000 + r.int(1e7);
  const claims = part({ iss: `https://id.${r.text(LOWER, 7)}.net/`, sub: r.hex(24), aud: r.text(LOWER, 9), iat: now, exp: now + 3600 });
  return `${header}.${claims}.${createHmac('sha256', r.bytes(32)).update(`${header}.${claims}`).digest('base64url')}`;
}

/** BIP 173 over the identity of age-keygen(1). */
function ageKey(r) {
  const letters = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
  const prefix = 'age-secret-key-';
  const bits = [...r.bytes(32)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const data = (bits + '0000').match(/.{5}/g).map((five) => parseInt(five, 2));
  const step = (sum, value) => {
    const top = sum >>> 25;
    const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
    return generators.reduce((all, g, i) => ((top >>> i) & 1 ? all ^ g : all), ((sum & 0x1ffffff) << 5) ^ value);
  };
  const codes = [...prefix].map((c) => c.charCodeAt(0));
  const sum = [...codes.map((c) => c >> 5), 0, ...codes.map((c) => c & 31), ...data, 0, 0, 0, 0, 0, 0].reduce(step, 1) ^ 1;
  const check = Array.from({ length: 6 }, (_, i) => (sum >>> (5 * (5 - i))) & 31);
  return `${prefix}1${[...data, ...check].map((i) => letters[i]).join('')}`.toUpperCase();
}

/** One line each. */
/** The hosts that PyPI's tokens name first, as the tokens have them. */
const LOCATIONS = ['cHlwaS5vcmc=', 'dGVzdC5weXBpLm9yZw=='];

export const TOKENS = {
  'AWS access key': (r) => r.one(['AKIA', 'ASIA']) + r.one('QRSTUVWXYZ234567') + r.text(BASE32, 15),
  'GitHub token': (r) => checksummed(r, r.one(['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'])),
  'GitHub fine-grained token': (r) => `github_pat_${r.text(ALNUM, 22)}_${r.text(ALNUM, 59)}`,
  'npm token': (r) => checksummed(r, 'npm_'),
  'PyPI token': (r) => macaroon(r, Buffer.from(r.one(LOCATIONS), 'base64').toString()),
  'GitLab token': (r) => r.one(['glpat-', 'gldt-', 'glrt-', 'glptt-', 'glsoat-']) + r.text(URLSAFE, 19) + r.one(ALNUM),
  'Slack token': (r) => `xoxb-${r.text(DIGITS, 12)}-${r.text(DIGITS, 13)}-${r.text(ALNUM, 24)}`,
  'Slack user token': (r) => `xoxp-${r.text(DIGITS, 12)}-${r.text(DIGITS, 12)}-${r.text(DIGITS, 13)}-${r.hex(32)}`,
  'Slack app token': (r) => `xapp-1-A${r.text(UPPER + DIGITS, 10)}-${r.text(DIGITS, 13)}-${r.hex(64)}`,
  'Slack webhook': (r) =>
    `https://hooks.slack.com/services/T${r.text(UPPER + DIGITS, 10)}/B${r.text(UPPER + DIGITS, 10)}/${r.text(ALNUM, 24)}`,
  'Stripe key': (r) => r.one(['sk_live_', 'rk_live_']) + `51${r.text(ALNUM, r.one([22, 97]))}`,
  'Stripe webhook secret': (r) => `whsec_${r.text(ALNUM, 32)}`,
  'Google API key': (r) => `AIzaSy${r.text(URLSAFE, 32)}${r.one(ALNUM)}`,
  'Google OAuth client secret': (r) => `GOCSPX-${r.text(URLSAFE, 27)}${r.one(ALNUM)}`,
  'Google refresh token': (r) => `1//0${r.one('3e')}${r.text(URLSAFE, 97)}${r.one(ALNUM)}`,
  'SendGrid key': (r) => `SG.${r.text(URLSAFE, 22)}.${r.text(URLSAFE, 42)}${r.one(ALNUM)}`,
  'Docker token': (r) => `dckr_pat_${r.text(URLSAFE, 26)}${r.one(ALNUM)}`,
  'Azure storage connection': (r) =>
    `DefaultEndpointsProtocol=https;AccountName=${r.text(LOWER, 10)};AccountKey=${r.bytes(64).toString('base64')};EndpointSuffix=core.windows.net`,
  'Azure SAS': (r) =>
    `https://${r.text(LOWER, 9)}.blob.core.windows.net/data?sv=2024-11-04&ss=b&srt=co&sp=rl&se=2027-01-01T00:00:00Z&sig=${encodeURIComponent(r.bytes(32).toString('base64'))}`,
  'Azure client secret': (r) => `${r.text(ALNUM, 3)}8Q~${r.text(`${ALNUM}_.~-`, 33)}${r.one(ALNUM)}`,
  JWT: jwt,
  'Telegram bot token': (r) => `${1 + r.int(9)}${r.text(DIGITS, 9)}:AA${r.text(URLSAFE, 32)}${r.one(ALNUM)}`,
  'DigitalOcean token': (r) => r.one(['dop_v1_', 'doo_v1_', 'dor_v1_']) + r.hex(64),
  'Databricks token': (r) => `dapi${r.hex(32)}${r.one(['', '-2'])}`,
  'Vault token': (r) => r.one(['hvs.', 'hvb.']) + `CAESI${r.text(URLSAFE, 88)}${r.one(ALNUM)}`,
  'Terraform Cloud token': (r) => `${r.text(ALNUM, 14)}.atlasv1.${r.text(ALNUM, 67)}`,
  'age key': ageKey,
  'Hugging Face token': (r) => `hf_${r.text(UPPER + LOWER, 34)}`,
  'OpenAI key': (r) => `sk-proj-${r.text(URLSAFE, 73)}${r.one(ALNUM)}T3BlbkFJ${r.text(URLSAFE, 73)}${r.one(ALNUM)}`,
  'Anthropic key': (r) => `sk-ant-api03-${r.text(URLSAFE, 93)}AA`,
  'Shopify token': (r) => r.one(['shpat_', 'shpss_', 'shppa_']) + r.hex(32),
  'Grafana token': (r) => `glsa_${r.text(ALNUM, 32)}_${r.hex(8)}`,
  'Sentry token': (r) => `sntryu_${r.hex(64)}`,
  'New Relic key': (r) => `NRAK-${r.text(UPPER + DIGITS, 27)}`,
  'RubyGems key': (r) => `rubygems_${r.hex(48)}`,
  'Linear key': (r) => `lin_api_${r.text(ALNUM, 40)}`,
  'Postman key': (r) => `PMAK-${r.hex(24)}-${r.hex(34)}`,
  'Doppler token': (r) => `dp.pt.${r.text(ALNUM, 43)}`,
  'Square token': (r) => `sq0csp-${r.text(URLSAFE, 42)}${r.one(ALNUM)}`,
};

/** These mean something under a certain name only. */
export const NAMED = {
  'AWS secret key': { name: 'AWS_SECRET_ACCESS_KEY', make: (r) => r.text(`${ALNUM}+/`, 40) },
  'Twilio auth token': { name: 'TWILIO_AUTH_TOKEN', make: (r) => r.hex(32) },
  'Azure service bus key': {
    name: 'SERVICEBUS',
    make: (r) =>
      `Endpoint=sb://${r.text(LOWER, 8)}.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${r.bytes(32).toString('base64')}`,
  },
};

function run(command, args, options = {}) {
  const end = spawnSync(command, args, { encoding: 'utf8', ...options });
  if (end.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${end.error?.message ?? end.stderr}`);
  return end.stdout;
}

function inFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-keys-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const ssh = (type, passphrase) => () =>
  inFolder((folder) => {
    run('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', 'deploy', '-f', join(folder, 'key')]);
    return readFileSync(join(folder, 'key'), 'utf8');
  });

const pgp = (passphrase) => () =>
  inFolder((home) => {
    const args = ['--homedir', home, '--batch', '--quiet', '--pinentry-mode', 'loopback', '--passphrase', passphrase];
    run('gpg', [...args, '--quick-generate-key', 'Deploy <deploy@service.test>', 'ed25519', 'sign', 'never'], { stdio: 'pipe' });
    const key = run('gpg', [...args, '--armor', '--export-secret-keys']);
    spawnSync('gpgconf', ['--homedir', home, '--kill', 'all']);
    return key;
  });

/** Private keys, as the programs write them that make them. Several lines each. */
export const KEYS = {
  'RSA key, PKCS #8': () => run('openssl', ['genpkey', '-quiet', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048']),
  'RSA key, PKCS #1': () => run('openssl', ['genrsa', '-traditional', '2048']),
  'RSA key, encrypted': () => run('openssl', ['genrsa', '-aes256', '-passout', 'pass:abcd1234', '2048']),
  'RSA key, encrypted PKCS #1': () => run('openssl', ['genrsa', '-traditional', '-aes128', '-passout', 'pass:abcd1234', '2048']),
  'EC key': () => run('openssl', ['ecparam', '-name', 'prime256v1', '-genkey', '-noout']),
  'Ed25519 key': () => run('openssl', ['genpkey', '-algorithm', 'ED25519']),
  'SSH key': ssh('ed25519', ''),
  'SSH key, RSA': ssh('rsa', ''),
  'SSH key with a passphrase': ssh('ecdsa', 'abcd1234'),
  'PGP key': pgp(''),
  'PGP key with a passphrase': pgp('abcd1234'),
};
