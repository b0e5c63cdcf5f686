/** Words that name a secret, between underscores. */
const SECRET_WORDS = new Set([
  'KEY',
  'APIKEY',
  'TOKEN',
  'PASSWORD',
  'PASSWD',
  'PASS',
  'PASSPHRASE',
  'PWD',
  'SECRET',
  'SECRETS',
  'DSN',
  'CREDENTIAL',
  'CREDENTIALS',
  'JWT',
  'SALT',
]);
/** Last words that say the value is about a secret, not the secret: `TOKEN_TTL`, `KEY_FILE`. */
const ABOUT = new Set([
  'FILE',
  'PATH',
  'DIR',
  'TTL',
  'EXPIRE',
  'EXPIRES',
  'EXPIRY',
  'EXPIRATION',
  'MINUTES',
  'SECONDS',
  'HOURS',
  'DAYS',
  'AGE',
  'LENGTH',
  'NAME',
  'PREFIX',
  'HEADER',
  'URL',
  'URI',
  'ALGORITHM',
  'ALG',
  'TYPE',
  'ENABLED',
  'LIMIT',
  'SIZE',
  'COUNT',
  'TIMEOUT',
  'VERSION',
  'ISSUER',
  'AUDIENCE',
  'HOST',
  'PORT',
]);

/** Whether a variable's name looks like a secret's: its words decide, not its letters (`KEYBOARD` is none). */
export function looksSecret(name: string): boolean {
  const words = name.toUpperCase().split('_').filter(Boolean);
  if (ABOUT.has(words.at(-1) ?? '') || words[0] === 'PUBLIC') return false;
  return words.some((w) => SECRET_WORDS.has(w));
}
