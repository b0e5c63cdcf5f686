import { awsAccount, carriesClaims, hasBech32Checksum, hasGithubChecksum } from './checks.ts';
import { isExample, isVaried } from './example.ts';

/** A kind of secret that is known by its own shape. */
export interface TokenShape {
  readonly name: string;
  /** Every such token holds one of these, or stands beside it: for a quick search. Three characters at least; case counts. */
  readonly marks: readonly string[];
  /** The secret is its first group, where it has one, at its end. */
  readonly pattern: RegExp;
  /** Who says that they look so. */
  readonly source: string;
  /** Where the shape can be checked further: a checksum, a companion. */
  readonly holds: (token: string, around: string) => boolean;
  /** What else the token tells. */
  readonly tells?: (token: string) => string | undefined;
}

type More = Partial<Pick<TokenShape, 'holds' | 'tells'>>;

const shape = (name: string, source: string, marks: readonly string[], pattern: RegExp, { holds, tells }: More = {}): TokenShape => ({
  name,
  source,
  marks,
  pattern,
  holds: (token, around) => !isExample(token) && isVaried(token.replace(/^[a-z]+[_-]/i, '')) && (holds?.(token, around) ?? true),
  ...(tells ? { tells } : {}),
});

/** One of these prefixes, then `body`; nothing of the kind may stand before or after it. */
const prefixed = (name: string, source: string, marks: readonly string[], body: string, more: More = {}): TokenShape =>
  shape(
    name,
    source,
    marks,
    new RegExp(
      String.raw`(?<![A-Za-z0-9_-])(?:${marks.map((it) => it.replaceAll('.', String.raw`\.`)).join('|')})${body}(?![A-Za-z0-9_-])`,
      'g',
    ),
    more,
  );

/** `name: "value"` and the like; the value, the pattern's first group, is what is found. */
const named = (name: string, source: string, marks: readonly string[], left: string, value: string): TokenShape =>
  shape(
    name,
    source,
    marks,
    new RegExp(String.raw`(?:${left})(?:\\?["'])?\s{0,3}[:=]>?\s{0,3}(?:\\?["'])?(${value})(?![A-Za-z0-9/+=_-])`, 'g'),
  );

const W = '[A-Za-z0-9_-]';
const A = '[A-Za-z0-9]';
const HEX = '[0-9a-f]';

/**
 * Secrets by the shapes that their makers document. Public halves and test keys (Stripe's `sk_test_`, publishable keys)
 * are none.
 */
export const TOKENS: readonly TokenShape[] = [
  shape(
    'AWS access key',
    'AWS IAM reference, "Understanding unique ID prefixes"',
    ['AKIA', 'ASIA'],
    /(?<![A-Za-z0-9])A[KS]IA[A-Z2-7]{16}(?![A-Za-z0-9])/g,
    {
      tells: (token) => ((account) => account && `account ${account}`)(awsAccount(token)),
    },
  ),
  named(
    'AWS secret access key',
    'AWS CLI, "Configuration and credential file settings"',
    ['ecret_access_key', 'ECRET_ACCESS_KEY', 'ecretAccessKey', 'cret.access.key'],
    '[Ss]ecret[_.]access[_.]key|SECRET_ACCESS_KEY|[Ss]ecretAccessKey',
    '[A-Za-z0-9/+]{40}',
  ),
  prefixed('Amazon Bedrock key', 'Amazon Bedrock, "API keys"', ['ABSKQmVkcm9ja0FQSUtleS'], '[A-Za-z0-9+/=]{70,130}'),
  prefixed(
    'GitHub token',
    'GitHub, "Behind GitHub\'s new authentication token formats"',
    ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'],
    `${A}{36}`,
    {
      holds: hasGithubChecksum,
    },
  ),
  prefixed('GitHub fine-grained token', 'GitHub, "About authentication"', ['github_pat_'], `${A}{22}_${A}{59}`),
  prefixed('npm token', 'npm, "About access tokens"; the checksum is GitHub\'s', ['npm_'], `${A}{36}`, { holds: hasGithubChecksum }),
  // Macaroons of version 2 begin with their location: the index's host, or its test host.
  prefixed('PyPI token', 'PyPI, "API tokens"', ['pypi-AgEIcHlwaS5vcmc', 'pypi-AgENdGVzdC5weXBpLm9yZw'], `${W}{70,}`),
  prefixed(
    'GitLab token',
    'GitLab, "Token overview", prefixes; the longer form is that of routable tokens',
    ['glpat-', 'gldt-', 'glrt-', 'glptt-', 'glsoat-', 'glcbt-', 'glft-', 'glimt-', 'gloas-', 'glagent-', 'glffct-'],
    String.raw`(?:t\d_)?(?:${W}{27,300}\.[0-9a-z]{2}\.?[0-9a-z]{7,9}|${W}{20}|${W}{26}|${W}{40}|${W}{50}|${W}{64})`,
  ),
  prefixed(
    'Slack token',
    'Slack, "Token types"',
    ['xoxb-', 'xoxp-', 'xoxa-', 'xoxr-', 'xoxs-'],
    String.raw`(?:\d{10,13}-){1,3}${A}{24,64}`,
  ),
  prefixed('Slack configuration token', 'Slack, "Token types"', ['xoxe-1-', 'xoxe.xoxp-1-', 'xoxe.xoxb-1-'], `${A}{140,180}`),
  prefixed('Slack app token', 'Slack, "Token types"', ['xapp-'], String.raw`\d-[A-Z0-9]{9,12}-\d{10,13}-${HEX}{64}`),
  shape(
    'Slack webhook',
    'Slack, "Incoming webhooks"',
    ['hooks.slack.com/services/T'],
    /hooks\.slack\.com\/services\/T[A-Z0-9]{8,11}\/B[A-Z0-9]{8,11}\/[A-Za-z0-9]{24}(?![A-Za-z0-9])/g,
  ),
  prefixed('Stripe live key', 'Stripe, "API keys"', ['sk_live_', 'rk_live_'], `${A}{24,247}`),
  prefixed('Stripe webhook secret', 'Stripe, "Webhooks"', ['whsec_'], `${A}{32,64}`),
  // `T3BlbkFJ` is "OpenAI" in base 64 and stands in the middle of each.
  shape(
    'OpenAI key',
    'OpenAI, "API keys"',
    ['T3BlbkFJ'],
    /(?<![A-Za-z0-9_-])sk-(?:(?:proj|svcacct|admin)-)?[A-Za-z0-9_-]{20,74}T3BlbkFJ[A-Za-z0-9_-]{20,74}(?![A-Za-z0-9_-])/g,
  ),
  prefixed('Anthropic key', 'Anthropic, "API keys"', ['sk-ant-'], String.raw`(?:api|admin)\d\d-${W}{93}AA`),
  prefixed('Google API key', 'Google Cloud, "Use API keys"', ['AIza'], `${W}{35}`),
  prefixed('Google OAuth client secret', 'Google, "OAuth 2.0"', ['GOCSPX-'], `${W}{28}`),
  shape(
    'Google refresh token',
    'Google, "OAuth 2.0", token sizes',
    ['1//0'],
    /(?<![A-Za-z0-9_/-])1\/\/0[A-Za-z0-9_-]{40,200}(?![A-Za-z0-9_-])/g,
  ),
  shape(
    'Google access token',
    'Google, "OAuth 2.0", token sizes',
    ['ya29.'],
    /(?<![A-Za-z0-9_-])ya29\.[A-Za-z0-9_-]{60,2000}(?![A-Za-z0-9_-])/g,
  ),
  shape('SendGrid key', 'SendGrid, "API keys"', ['SG.'], /(?<![A-Za-z0-9_.-])SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/g),
  named(
    'Twilio auth token',
    'Twilio, "Auth tokens"',
    ['wilio_a', 'wilio-a', 'wilio.a', 'wilioA', 'WILIO_A'],
    '(?:TWILIO|[Tt]wilio)[A-Za-z_.-]{0,20}(?:TOKEN|[Tt]oken|SECRET|[Ss]ecret)',
    `${HEX}{32}`,
  ),
  prefixed('Docker token', 'Docker, "Access tokens"', ['dckr_pat_', 'dckr_oat_'], `${W}{27,32}`),
  shape('Azure storage key', 'Azure Storage, "Connection strings"', ['AccountKey='], /(?<=AccountKey=)[A-Za-z0-9+/]{86}==/g),
  shape(
    'Azure shared access key',
    'Azure Service Bus, "Shared access signatures"',
    ['SharedAccessKey='],
    /(?<=SharedAccessKey=)[A-Za-z0-9+/]{43}=/g,
  ),
  shape(
    'Azure shared access signature',
    'Azure Storage, "Service SAS"',
    ['sig='],
    /(?<=[?&;]sig=)(?:[A-Za-z0-9]|%2[BFbf]|[+/]){43}(?:%3[Dd]|=)/g,
    { holds: (_, around) => /\bs[ev]=20\d\d-/.test(around) },
  ),
  shape(
    'Azure client secret',
    'Microsoft Entra, "Application credentials"',
    [...'0123456789'].map((digit) => `${digit}Q~`),
    /(?<![A-Za-z0-9_~.-])[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~.-])/g,
  ),
  shape(
    'JSON web token',
    'RFC 7519',
    ['eyJ'],
    /(?<![A-Za-z0-9_+/-])eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,3000}\.[A-Za-z0-9_-]{32,700}(?![A-Za-z0-9_.-])/g,
    { holds: carriesClaims },
  ),
  shape(
    'Telegram bot token',
    'Telegram, "Bot API", authorizing',
    [':AA'],
    /(?<![A-Za-z0-9:/+])\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])/g,
  ),
  prefixed('DigitalOcean token', 'DigitalOcean, "Personal access tokens"', ['dop_v1_', 'doo_v1_', 'dor_v1_'], `${HEX}{64}`),
  shape(
    'Databricks token',
    'Databricks, "Personal access tokens"',
    ['dapi'],
    /(?<![A-Za-z0-9_-])dapi[0-9a-f]{32}(?:-\d)?(?![A-Za-z0-9_-])/g,
  ),
  prefixed('Vault token', 'HashiCorp Vault, "Tokens", prefixes', ['hvs.', 'hvb.', 'hvr.'], `${W}{24,300}`),
  shape(
    'Terraform Cloud token',
    'HCP Terraform, "API tokens"',
    ['.atlasv1.'],
    /(?<![A-Za-z0-9])[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70}(?![A-Za-z0-9_=-])/g,
  ),
  shape('age secret key', 'age-keygen(1)', ['AGE-SECRET-KEY-1'], /(?<![A-Za-z0-9])AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}(?![A-Za-z0-9])/g, {
    holds: hasBech32Checksum,
  }),
  prefixed('Hugging Face token', 'Hugging Face, "User access tokens"', ['hf_'], '[A-Za-z]{34}'),
  prefixed('Shopify token', 'Shopify, "Access tokens"', ['shpat_', 'shpca_', 'shppa_', 'shpss_'], '[0-9a-fA-F]{32}'),
  prefixed('Grafana token', 'Grafana, "Service account tokens"', ['glsa_'], `${A}{32}_[0-9a-fA-F]{8}`),
  prefixed('Sentry token', 'Sentry, "Auth tokens"', ['sntryu_'], `${HEX}{64}`),
  shape(
    'Sentry token',
    'Sentry, "Auth tokens"',
    ['sntrys_eyJ'],
    /(?<![A-Za-z0-9_-])sntrys_eyJ[A-Za-z0-9+/=]{50,400}_[A-Za-z0-9+/]{43}(?![A-Za-z0-9+/])/g,
  ),
  prefixed('New Relic key', 'New Relic, "API keys"', ['NRAK-'], '[A-Z0-9]{27}'),
  prefixed('RubyGems key', 'RubyGems, "API key scopes"', ['rubygems_'], `${HEX}{48}`),
  prefixed('Linear key', 'Linear, "API"', ['lin_api_'], `${A}{40}`),
  prefixed('Postman key', 'Postman, "API keys"', ['PMAK-'], `${HEX}{24}-${HEX}{34}`),
  prefixed('Doppler token', 'Doppler, "Auth token formats"', ['dp.pt.', 'dp.ct.', 'dp.sa.'], `${A}{40,44}`),
  prefixed('Doppler service token', 'Doppler, "Auth token formats"', ['dp.st.'], String.raw`(?:[a-z0-9_-]{2,35}\.)?${A}{40,44}`),
  prefixed('Square secret', 'Square, "OAuth"', ['sq0csp-'], `${W}{43}`),
  prefixed('Square token', 'Square, "Access tokens"', ['sq0atp-'], `${W}{22}`),
  prefixed('SonarQube token', 'SonarQube, "Managing tokens"', ['squ_', 'sqp_', 'sqa_'], `${HEX}{40}`),
  prefixed('PlanetScale token', 'PlanetScale, "Service tokens"', ['pscale_tkn_', 'pscale_pw_'], `[A-Za-z0-9_.=-]{32,64}`),
  prefixed('Supabase token', 'Supabase, "Access tokens"', ['sbp_'], `${HEX}{40}`),
  prefixed('Pulumi token', 'Pulumi, "Access tokens"', ['pul-'], `${HEX}{40}`),
  prefixed('Atlassian token', 'Atlassian, "API tokens"', ['ATATT3xFfGF0'], `[A-Za-z0-9_-]{150,220}=[0-9A-F]{8}`),
];
