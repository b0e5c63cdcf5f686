/** A kind of secret that is known by its own shape. */
export interface TokenShape {
  readonly name: string;
  /** What every such token holds, for a quick search. Case counts. */
  readonly mark: string;
  readonly pattern: RegExp;
  /** Where the shape can be checked further: a checksum, a companion. */
  readonly holds?: (token: string, around: string) => boolean;
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Their last six characters are the CRC-32 of the thirty before, in base 62: GitHub, "Behind GitHub's new authentication token formats". */
export function hasGithubChecksum(token: string): boolean {
  const [random, check] = [token.slice(-36, -6), token.slice(-6)];
  let rest = crc(random);
  let written = '';
  for (let i = 0; i < 6; i += 1) {
    written = (BASE62[rest % 62] ?? '') + written;
    rest = Math.floor(rest / 62);
  }
  return written === check;
}

/** CRC-32 of RFC 1952, section 8, of a text in Latin-1; zlib has one too, but not in a browser. */
function crc(text: string): number {
  let rest = 0xffffffff;
  for (let i = 0; i < text.length; i += 1) {
    rest ^= text.charCodeAt(i);
    for (let bit = 0; bit < 8; bit += 1) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
  }
  return (rest ^ 0xffffffff) >>> 0;
}

/** Examples in documentation say so, or repeat themselves. */
const isExample = (token: string): boolean =>
  /EXAMPLE|example|x{6}|X{6}|0{8}|1234567890|abcdefgh/.test(token) || /^(.)\1+$/.test(token.slice(-12));

/** Shannon entropy in bits a character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((sum, n) => sum - (n / text.length) * Math.log2(n / text.length), 0);
}

/** Random base 64 or base 62 of this length is above it; words, paths and repeated characters are below. */
const isRandom = (text: string): boolean => entropy(text) > Math.min(3.5, Math.log2(text.length) * 0.75);

const shape = (name: string, mark: string, pattern: RegExp, holds?: TokenShape['holds']): TokenShape => ({
  name,
  mark,
  pattern,
  holds: (token, around) => !isExample(token) && isRandom(token.replace(/^[a-z]+[_-]/i, '')) && (holds?.(token, around) ?? true),
});

/**
 * Secrets by the shapes that their makers document. Public halves and test keys (Stripe's `sk_test_`, publishable keys)
 * are none.
 */
export const TOKENS: readonly TokenShape[] = [
  // AWS IAM reference, "Understanding unique ID prefixes": base 32 after the prefix.
  ...['AKIA', 'ASIA'].map((prefix) =>
    shape('AWS access key', prefix, new RegExp(String.raw`(?<![A-Z0-9])${prefix}[A-Z2-7]{16}(?![A-Z0-9])`, 'g')),
  ),
  ...['ecret_access_key', 'ECRET_ACCESS_KEY', 'ecretAccessKey'].map((mark) =>
    shape(
      'AWS secret access key',
      mark,
      new RegExp(String.raw`(?<=${mark}["']?\s{0,3}[:=]>?\s{0,3}["']?)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])`, 'g'),
    ),
  ),
  ...['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'].map((prefix) =>
    shape('GitHub token', prefix, new RegExp(String.raw`(?<![A-Za-z0-9_])${prefix}[A-Za-z0-9]{36}(?![A-Za-z0-9])`, 'g'), hasGithubChecksum),
  ),
  shape('GitHub fine-grained token', 'github_pat_', /(?<![A-Za-z0-9_])github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}(?![A-Za-z0-9])/g),
  // The same checksum: npm, "About access tokens".
  shape('npm token', 'npm_', /(?<![A-Za-z0-9_])npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])/g, hasGithubChecksum),
  // A macaroon for pypi.org: PyPI, "API tokens".
  shape('PyPI token', 'pypi-AgEIcHlwaS5vcmc', /pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{70,}/g),
  shape('GitLab token', 'glpat-', /(?<![A-Za-z0-9_-])glpat-[A-Za-z0-9_-]{20}(?![A-Za-z0-9_-])/g),
  // Slack, "Token types".
  ...['xoxb-', 'xoxp-', 'xoxa-', 'xoxr-', 'xoxs-'].map((prefix) =>
    shape(
      'Slack token',
      prefix,
      new RegExp(String.raw`(?<![A-Za-z0-9])${prefix}(?:\d{10,13}-){1,3}[A-Za-z0-9]{24,64}(?![A-Za-z0-9])`, 'g'),
    ),
  ),
  shape('Slack app token', 'xapp-', /(?<![A-Za-z0-9])xapp-\d-[A-Z0-9]{9,12}-\d{10,13}-[a-f0-9]{64}(?![A-Za-z0-9])/g),
  shape(
    'Slack webhook',
    'hooks.slack.com/services/T',
    /hooks\.slack\.com\/services\/T[A-Z0-9]{8,11}\/B[A-Z0-9]{8,11}\/[A-Za-z0-9]{24}(?![A-Za-z0-9])/g,
  ),
  // Stripe, "API keys".
  ...['sk_live_', 'rk_live_'].map((prefix) =>
    shape('Stripe live key', prefix, new RegExp(String.raw`(?<![A-Za-z0-9_])${prefix}[A-Za-z0-9]{24,247}(?![A-Za-z0-9])`, 'g')),
  ),
  // `T3BlbkFJ` is "OpenAI" in base 64 and stands in the middle of each.
  shape(
    'OpenAI key',
    'T3BlbkFJ',
    /(?<![A-Za-z0-9_-])sk-(?:(?:proj|svcacct|admin)-)?[A-Za-z0-9_-]{20,74}T3BlbkFJ[A-Za-z0-9_-]{20,74}(?![A-Za-z0-9_-])/g,
  ),
  shape('Anthropic key', 'sk-ant-', /(?<![A-Za-z0-9_-])sk-ant-(?:api|admin)\d\d-[A-Za-z0-9_-]{93}AA(?![A-Za-z0-9_-])/g),
  // Google Cloud, "Use API keys".
  shape('Google API key', 'AIza', /(?<![A-Za-z0-9_-])AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/g),
  shape('Google OAuth client secret', 'GOCSPX-', /(?<![A-Za-z0-9_-])GOCSPX-[A-Za-z0-9_-]{28}(?![A-Za-z0-9_-])/g),
  shape('SendGrid key', 'SG.', /(?<![A-Za-z0-9_.-])SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/g),
  shape('Azure storage key', 'AccountKey=', /(?<=AccountKey=)[A-Za-z0-9+/]{86}==/g),
  shape('Hugging Face token', 'hf_', /(?<![A-Za-z0-9_])hf_[A-Za-z]{34}(?![A-Za-z0-9])/g),
];
