// Files of services as people write them, with a secret in each. `line` is where it begins, from 1.
import { ALNUM, DIGITS, LOWER, UPPER, URLSAFE } from './random.mjs';
import { KEYS, NAMED, TOKENS } from './tokens.mjs';

/** `text` with the value where `@@` is. */
function placed(path, text, value) {
  const line = text.slice(0, text.indexOf('@@')).split('\n').length;
  return { path, text: text.replace('@@', () => value), line };
}

/** A line of settings in each syntax. */
const SYNTAXES = {
  env: (name, value) => placed('app/.env.production', `# settings\nPORT=8000\nLOG_LEVEL=info\n${name}=@@\nWORKERS=2\n`, value),
  'quoted env': (name, value) => placed('srv/app/deploy.env', `export PORT=8000\nexport ${name}="@@"\n`, value),
  ini: (name, value) => placed('etc/app/app.ini', `[server]\nport = 8000\n\n[remote]\n${name.toLowerCase()} = @@\ntimeout = 30\n`, value),
  yaml: (name, value) =>
    placed('app/config/settings.yaml', `server:\n  port: 8000\nremote:\n  ${name.toLowerCase()}: @@\n  retries: 3\n`, value),
  'quoted yaml': (name, value) =>
    placed('app/k8s/deploy.yml', `kind: Deployment\nspec:\n  env:\n    - name: A\n      value: b\n    ${name}: "@@"\n`, value),
  json: (name, value) =>
    placed('app/config.json', JSON.stringify({ port: 8000, nested: { on: true, [camel(name)]: '@@', retries: 3 } }, null, 2), value),
  'one-line json': (name, value) => placed('app/settings.json', JSON.stringify({ a: 1, [name.toLowerCase()]: '@@', z: [] }), value),
  python: (name, value) =>
    placed('app/settings.py', `import os\n\nDEBUG = False\n${name} = "@@"\n\ndef main() -> None:\n    print(os.getpid())\n`, value),
  'python call': (name, value) =>
    placed('app/client.py', `import remote\n\nclient = remote.Client(\n    ${name.toLowerCase()}='@@',\n)\n`, value),
  'python dict': (name, value) => placed('app/conf.py', `CONFIG = {\n    'port': 1,\n    '${name.toLowerCase()}': '@@',\n}\n`, value),
  shell: (name, value) => placed('app/run.sh', `#!/bin/sh\nset -eu\nexport ${name}='@@'\nexec python main.py\n`, value),
  properties: (name, value) =>
    placed('app/application.properties', `server.port=8000\nremote.${name.toLowerCase().replaceAll('_', '.')}=@@\n`, value),
  toml: (name, value) => placed('app/config.toml', `[server]\nport = 8000\n\n[remote]\n${name.toLowerCase()} = "@@"\n`, value),
  javascript: (name, value) => placed('app/config.js', `module.exports = {\n  port: 8000,\n  ${camel(name)}: '@@',\n};\n`, value),
};
const camel = (name) => name.toLowerCase().replaceAll(/_(.)/g, (_, letter) => letter.toUpperCase());

const VARIABLES = ['API_TOKEN', 'SERVICE_KEY', 'AUTH', 'REMOTE_CREDENTIAL', 'CI_VALUE', 'BOT'];

/** Tokens stand in other places too. */
const PLACES = {
  ...Object.fromEntries(Object.entries(SYNTAXES).map(([id, make]) => [id, (r, value) => make(r.one(VARIABLES), value)])),
  comment: (r, value) => placed('app/main.py', `import sys\n\n# works with @@ only\nsys.exit(0)\n`, value),
  header: (r, value) => placed('app/README.md', `# Service\n\n    curl -H "Authorization: Bearer @@" https://api.service.test/\n`, value),
  log: (r, value) => placed('var/log/app.log', `2026-01-01 INFO start\n2026-01-01 DEBUG sent token @@\n2026-01-01 INFO end\n`, value),
  'byte code': (r, value) => ({
    ...placed(
      'app/__pycache__/settings.cpython-312.pyc',
      `\xcb\r\r\n\0\0\0\0${r.bytes(60).toString('latin1').replaceAll('\n', ' ')}\xda@@)\x02Z\x05`,
      value,
    ),
    line: undefined,
    isBinary: true,
  }),
};

/** Passwords that programs make, and those that people are told to make. */
const PASSWORDS = [
  (r) => r.text(ALNUM, 16 + r.int(16)),
  (r) => r.hex(32),
  (r) => r.hex(64),
  (r) => r.bytes(24).toString('base64'),
  (r) => r.text(URLSAFE, 43),
  (r) => r.text(`${ALNUM}!%^*+-_`, 14),
  (r) => `${r.text(UPPER, 1)}${r.text(LOWER, 6)}-${r.text(DIGITS, 4)}${r.one('!%+')}`,
];
const SECRET_NAMES = [
  'DB_PASSWORD',
  'SECRET_KEY',
  'API_KEY',
  'AUTH_TOKEN',
  'CLIENT_SECRET',
  'SMTP_PASSWORD',
  'ACCESS_TOKEN',
  'ENCRYPTION_KEY',
];

const password = (r) => r.one(PASSWORDS)(r);
const urls = {
  'URL in env': (r) => placed('app/prod.env', `PORT=1\nDATABASE_URL=postgresql://shop:@@@db-1.internal:5432/shop\n`, r.text(ALNUM, 18)),
  'URL in python': (r) =>
    placed('app/db.py', `ENGINE = create_engine("mysql+pymysql://shop:@@@10.3.0.7/shop")\n`, r.text(`${ALNUM}-_`, 14)),
  'URL in yaml': (r) => placed('app/app.yaml', `cache:\n  url: redis://:@@@cache.internal:6379/0\n`, r.hex(40)),
  'URL in ini': (r) => placed('app/alembic.ini', `[alembic]\nsqlalchemy.url = postgresql://u7:@@@pg.internal/x\n`, r.text(ALNUM, 12)),
};

/** Files that programs keep logins in. */
const STORES = {
  '.npmrc': (r) => placed('root/.npmrc', `registry=https://npm.internal/\n//npm.internal/:_authToken=@@\n`, r.hex(40)),
  '.netrc': (r) => placed('root/.netrc', `machine git.internal\n  login ci\n  password @@\n`, r.text(ALNUM, 20)),
  '.pypirc': (r) =>
    placed('root/.pypirc', `[internal]\nrepository = https://pypi.internal/\nusername = ci\npassword = @@\n`, r.text(ALNUM, 20)),
  'pip.conf': (r) => placed('etc/pip.conf', `[global]\nindex-url = https://ci:@@@pypi.internal/simple\n`, r.text(ALNUM, 20)),
  '.aws/credentials': (r) =>
    placed('root/.aws/credentials', `[default]\nregion = eu-west-1\naws_secret_access_key = @@\n`, r.text(`${ALNUM}/+`, 40)),
  'gcloud login': (r) =>
    placed(
      'root/.config/gcloud/application_default_credentials.json',
      JSON.stringify(
        {
          client_id: '1-x.apps.googleusercontent.com',
          client_secret: '@@',
          refresh_token: `1//0e${r.text(URLSAFE, 60)}`,
          type: 'authorized_user',
        },
        null,
        2,
      ),
      r.text(URLSAFE, 24),
    ),
  'azure login': (r) =>
    placed(
      'root/.azure/msal_token_cache.json',
      JSON.stringify({ RefreshToken: { 'id-login': { home_account_id: 'a.b', credential_type: 'RefreshToken', secret: '@@' } } }, null, 2),
      `0.A${r.text(URLSAFE, 300)}`,
    ),
  kubeconfig: (r) =>
    placed('root/.kube/config', `apiVersion: v1\nkind: Config\nusers:\n- name: admin\n  user:\n    token: @@\n`, r.text(ALNUM, 48)),
  'docker login': (r) =>
    placed(
      'root/.docker/config.json',
      JSON.stringify({ auths: { 'registry.internal': { auth: '@@' } } }, null, 2),
      Buffer.from(`ci:${r.text(ALNUM, 20)}`).toString('base64'),
    ),
  '.git-credentials': (r) => placed('root/.git-credentials', `https://ci:@@@git.internal\n`, r.text(ALNUM, 20)),
  '.pgpass': (r) => placed('root/.pgpass', `# host:port:db:user:password\ndb.internal:5432:shop:shop:@@\n`, r.text(ALNUM, 16)),
  'terraform state': (r) =>
    placed(
      r.one(['app/infra/terraform.tfstate', 'app/infra/state.json']),
      JSON.stringify(
        {
          version: 4,
          terraform_version: '1.9.5',
          serial: 3,
          lineage: r.hex(32),
          resources: [{ type: 'aws_db_instance', instances: [{ attributes: { username: 'shop', password: '@@', port: 5432 } }] }],
        },
        null,
        2,
      ),
      r.text(ALNUM, 20),
    ),
};

/**
 * Files with a secret in each, by kind. `group`: `token` and `key` are known by themselves, `store` by the file that they lie
 * in, `named` by the name that they are given.
 */
export function* positives(r, each) {
  for (const [kind, make] of Object.entries(TOKENS))
    for (const place of Object.values(PLACES).slice(0)) yield { kind, group: 'token', ...place(r, make(r)) };
  for (const [kind, { name, make }] of Object.entries(NAMED))
    for (const syntax of Object.values(SYNTAXES)) yield { kind, group: 'token', ...syntax(name, make(r)) };
  for (const [kind, make] of Object.entries(KEYS))
    for (let i = 0; i < Math.max(2, each / 4); i += 1) {
      yield { kind, group: 'key', ...placed('app/certs/server.key', `${i % 2 ? 'Bag Attributes: <none>\n' : ''}@@`, make()) };
      yield { kind, group: 'key', ...placed('app/keys.py', `NAME = 1\nKEY = """@@"""\n`, make()) };
      yield {
        kind,
        group: 'key',
        ...placed('app/account.json', JSON.stringify({ id: 1, private_key: '@@' }, null, 1), JSON.stringify(make()).slice(1, -1)),
      };
    }
  for (const [kind, make] of Object.entries(STORES)) for (let i = 0; i < each; i += 1) yield { kind, group: 'store', ...make(r) };
  for (const [kind, syntax] of Object.entries(SYNTAXES))
    for (let i = 0; i < each; i += 1) yield { kind: `password in ${kind}`, group: 'named', ...syntax(r.one(SECRET_NAMES), password(r)) };
  for (const [kind, make] of Object.entries(urls))
    for (let i = 0; i < each; i += 1) yield { kind: `password in ${kind}`, group: 'named', ...make(r) };
}

/** What looks like a secret to who looks quickly, and is none. */
const NOTHING = [
  'changeme',
  'change-me-please',
  '${API_KEY}',
  '$API_KEY',
  '{{ api_key }}',
  '<your-token>',
  'your-api-key-here',
  'xxxxxxxxxxxxxxxxxxxx',
  '********************',
  'AKIAIOSFODNN7EXAMPLE',
  'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  'sk_test_4eC39HqLyjWDarjtT1zdp7dc',
  'REPLACE_WITH_REAL_TOKEN',
  'ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
  'xoxb-not-a-real-token',
  'os.environ["API_KEY"]',
  'password',
  '/run/secrets/api_key',
  'https://auth.service.test/token',
  'vault:secret/data/app#key',
  'arn:aws:secretsmanager:eu-west-1:123456789012:secret:app',
  '11111111-1111-1111-1111-111111111111',
  'AIzaSyXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX',
  'SG.xxxxxxxxxxxxxxxxxxxxxx.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
  'hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
  'none',
  'application/json',
  '%(password)s',
  '@@PASSWORD@@',
  '!vault',
  'dummy-token-for-tests',
];
const HASHES = [
  (r) => ['RECORD', `app/a.py,sha256=${r.bytes(32).toString('base64url')},120\n`],
  (r) => ['package-lock.json', JSON.stringify({ packages: { a: { integrity: `sha512-${r.bytes(64).toString('base64')}` } } }, null, 1)],
  (r) => ['uv.lock', `[[package]]\nname = "a"\nsdist = { url = "https://files.internal/a.tgz", hash = "sha256:${r.hex(64)}" }\n`],
  (r) => ['checksums.env', `ARCHIVE_SHA256=${r.hex(64)}\nGIT_COMMIT=${r.hex(40)}\n`],
  (r) => ['ids.yaml', `key_id: ${r.hex(8)}-${r.hex(4)}-4${r.hex(3)}-9${r.hex(3)}-${r.hex(12)}\ntoken_hash: ${r.hex(64)}\n`],
  (r) => ['keys.py', `PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5${r.bytes(32).toString('base64')} a@b"\n`],
  (r) => [
    'cert.pem',
    `-----BEGIN CERTIFICATE-----\n${r
      .bytes(600)
      .toString('base64')
      .replaceAll(/(.{64})/g, '$1\n')}\n-----END CERTIFICATE-----\n`,
  ],
  (r) => ['page.html', `<img src="data:image/png;base64,${r.bytes(900).toString('base64')}">\n`],
  (r) => ['github.txt', `ghp_${r.text(ALNUM, 36)}\n`],
];

/** Files with none. */
export function* nearMisses(r, each) {
  for (const value of NOTHING) for (const syntax of Object.values(SYNTAXES)) yield { kind: value, ...syntax(r.one(SECRET_NAMES), value) };
  for (let i = 0; i < each * 2; i += 1)
    for (const make of HASHES) {
      const [name, text] = make(r);
      yield { kind: name, path: `app/${name}`, text };
    }
}
