// Files of real packages, as they come: wheels, Debian packages, packages of npm. Three lists that share no package.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const words = (text) => text.trim().split(/\s+/);

const SETS = {
  a: {
    wheels: words(
      `requests flask django boto3 botocore cryptography paramiko bokeh plotly sphinx certifi twisted tornado werkzeug sqlalchemy
       azure-storage-blob azure-identity google-auth google-cloud-storage kubernetes docker httpx openai stripe twilio sendgrid slack-sdk
       PyGithub python-gitlab hvac databricks-sdk jupyterlab notebook pytest setuptools ansible-core`,
    ),
    debs: words(
      `openssl ca-certificates git openssh-client libgnutls30 perl-modules-5.36 libssl-dev gnupg ssl-cert postgresql-common apache2
       python3-cryptography curl wget node-lodash jq debconf apt python3-botocore openssh-server vim-runtime`,
    ),
    npm: words('react-dom lodash webpack typescript@5 jsonwebtoken'),
  },
  b: {
    wheels: words(
      `aiohttp fastapi celery redis mitmproxy moto pyjwt authlib python-jose oauthlib josepy certbot acme mlflow dash panel jupyter-server
       ipython pandas scipy passlib keyring poetry pip sentry-sdk python-telegram-bot huggingface-hub anthropic pyopenssl asyncssh msal
       azure-core google-api-python-client elasticsearch psycopg pymongo scrapy gunicorn uvicorn urllib3 msrest apache-libcloud pygments faker`,
    ),
    debs: words(
      `dirmngr nginx-common mariadb-common redis-server php-common ruby libruby3.1 nodejs npm libnode108 python3-urllib3 python3-twisted
       python3-paramiko rsyslog exim4-config dovecot-core samba-common mutt git-doc emacs-common`,
    ),
    npm: words('vue angular d3 jquery bootstrap chart.js three@0.160 aws-sdk node-forge firebase'),
  },
  // Chosen for what is in them, archives, keystores, DER, and not looked at before its first run.
  c: {
    wheels: words(
      `virtualenv tabula-py konlpy python-docx openpyxl matplotlib scikit-learn networkx pdfminer-six asn1crypto pyasn1-modules oscrypto
       ldap3 impacket scapy pyhanko nltk pex`,
    ),
    debs: words('ca-certificates-java libbcprov-java libcommons-lang3-java ant junit4 slapd postfix libjs-bootstrap'),
    npm: words('pkijs node-jose selfsigned jszip adm-zip'),
  },
};

/** Fetched and unpacked once, below `folder`. Says what could not be had. */
export function packageFiles(set, folder) {
  const done = join(folder, 'done');
  if (!existsSync(done)) {
    const got = [...fetched(set, folder)];
    writeFileSync(done, got.join('\n'));
  }
  return [...filesBelow(folder, '')].filter(({ path }) => !/^(?:done|fetched\/)/.test(path));
}

function* fetched(set, folder) {
  const { wheels, debs, npm } = SETS[set];
  const store = join(folder, 'fetched');
  mkdirSync(store, { recursive: true });
  const run = (command, args, cwd = store) => spawnSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] }).status === 0;
  const fetchers = [
    ['pip', ['download', '-q', '--no-deps', '--only-binary', ':all:'], wheels],
    ['apt-get', ['download', '-q'], debs],
    ['npm', ['pack', '--silent'], npm],
  ];
  // All at once; one after the other where one of them cannot be had.
  for (const [command, args, names] of fetchers)
    if (!run(command, [...args, ...names]))
      for (const name of names) if (!run(command, [...args, name])) console.error(`not had: ${name}, from ${command}`);
  for (const file of readdirSync(store)) {
    const to = join(folder, file.endsWith('.whl') ? 'wheels' : file.endsWith('.deb') ? 'debian' : `npm/${file.replace('.tgz', '')}`);
    mkdirSync(to, { recursive: true });
    const unpack = { whl: ['unzip', '-qo', file, '-d', to], deb: ['dpkg-deb', '-x', file, to], tgz: ['tar', '-xzf', file, '-C', to] };
    const [command, ...args] = unpack[file.split('.').at(-1)] ?? ['true'];
    if (run(command, args)) yield file;
    else console.error(`not unpacked: ${file}`);
  }
}

/** Larger files are data: five megabytes. */
const LARGEST = 5e6;

/** Wheels lie in site-packages, Debian's files at their place. */
function* filesBelow(folder, below) {
  for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
    const path = join(below, entry.name);
    if (entry.isDirectory()) yield* filesBelow(folder, path);
    else if (entry.isFile() && statSync(join(folder, path)).size <= LARGEST)
      yield { path, file: join(folder, path), installed: installed(path) };
  }
}

const installed = (path) =>
  path
    .replace(/^wheels\//, 'usr/local/lib/python3.12/site-packages/')
    .replace(/^debian\//, '')
    .replace(/^npm\/[^/]*\/package/, 'app/node_modules/x');
