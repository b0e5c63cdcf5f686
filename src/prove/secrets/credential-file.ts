import { assignments, isLiteral, isSecretName, passwordIn } from '../../base/index.ts';

/** A line of a file that holds a password. */
export interface Credential {
  readonly name: string;
  readonly line: number;
}

type Reader = (text: string) => readonly Credential[];

/** Larger files of these names are something else. Bytes. */
export const CREDENTIAL_FILE_LIMIT = 256 * 1024;

const settings: Reader = (text) =>
  [...assignments(text)].flatMap(({ name, value, line }) =>
    (isSecretName(name) && isLiteral(value)) || passwordIn(value) !== undefined ? [{ name: `\`${name}\``, line }] : [],
  );

/** Lines that match, with a literal in the first group. */
const lines =
  (name: string, pattern: RegExp): Reader =>
  (text) =>
    text.split(/\r?\n/).flatMap((written, index) => {
      const value = pattern.exec(written)?.[1];
      return value !== undefined && isLiteral(value) ? [{ name, line: index + 1 }] : [];
    });

const jsonValues = (name: string, names: string): Reader => lines(name, new RegExp(String.raw`"(?:${names})"\s*:\s*"([^"]{8,})"`, 'i'));

const both =
  (...readers: readonly Reader[]): Reader =>
  (text) =>
    readers.flatMap((read) => read(text));

const urls =
  (name: string): Reader =>
  (text) =>
    text
      .split(/\r?\n/)
      .flatMap((written, index) => (/^\s*[#;]/.test(written) || passwordIn(written) === undefined ? [] : [{ name, line: index + 1 }]));

/** Files that exist to hold passwords, by path. Templates (`.env.example`) hold none. */
const FILES: readonly (readonly [RegExp, Reader])[] = [
  [/(^|\/)(\.env|[^/]*\.env|\.env\.(?!example|sample|template|dist|defaults|tpl|j2)[^/]*)$/i, settings],
  [
    /(^|\/)[._]netrc$/,
    (text) =>
      [...text.matchAll(/\bpassword\s+(\S+)/g)].flatMap((it) =>
        isLiteral(it[1] ?? '') ? [{ name: 'a password', line: lineAt(text, it.index) }] : [],
      ),
  ],
  [/(^|\/)\.npmrc$/, lines('an npm token', /^[^#;]*:?_(?:authToken|password|auth)\s*=\s*"?([^"\s]+)/)],
  [/(^|\/)(\.?pip\.conf|pip\.ini|uv\.toml|poetry\.toml)$/, urls('an index password')],
  [/(^|\/)\.pypirc$/, both(lines('a password', /^\s*password\s*[=:]\s*(\S+)/), urls('an index password'))],
  [/(^|\/)poetry\/auth\.toml$|(^|\/)\.config\/pypoetry\/auth\.toml$/, lines('a password', /^\s*password\s*=\s*"([^"]+)"/)],
  [/(^|\/)\.aws\/(credentials|config)$/, lines('an AWS secret key', /^\s*aws_(?:secret_access_key|session_token)\s*=\s*(\S+)/)],
  [
    /(^|\/)(\.docker\/config|\.dockercfg|config\/containers\/auth)\.?(json)?$/,
    lines('a registry password', /"(?:auth|identitytoken)"\s*:\s*"([A-Za-z0-9+/=_.-]{8,})"/),
  ],
  [/(^|\/)\.git-credentials$/, urls('a password')],
  [/(^|\/)\.pgpass$/, lines('a password', /^[^#:]*:[^:]*:[^:]*:[^:]*:(.+)$/)],
  [/(^|\/)\.my\.cnf$/, lines('a password', /^\s*password\s*=\s*"?([^"\s]+)/)],
  [/(^|\/)(\.kube\/config|kubeconfig)$/, lines('a cluster credential', /^\s*(?:token|client-key-data|password)\s*:\s*"?([^"\s]+)/)],
  [/(^|\/)\.git\/config$/, urls('a password')],
  [
    /(^|\/)gcloud\/(?:legacy_credentials\/.*|application_default_credentials)\.json$/,
    jsonValues('a Google login', 'client_secret|refresh_token'),
  ],
  [
    /(^|\/)\.azure\/(?:msal_token_cache|accessTokens|service_principal_entries)\.json$/,
    jsonValues('an Azure login', 'secret|accessToken|refreshToken|client_secret'),
  ],
];

const lineAt = (text: string, at: number): number => text.slice(0, at).split('\n').length;

/** Terraform, "State": sensitive values stand in it as they are. */
const terraformState = jsonValues(
  'a value in a Terraform state',
  String.raw`\w*(?:password|secret|token|private_key|access_key|connection_string)(?:_\w+)?`,
);
const isTerraformState = (bytes: Buffer): boolean => bytes.includes('"terraform_version"') && bytes.includes('"lineage"');

/** The reader for a file that exists to hold passwords, by its path or by what it holds; undefined for any other. */
export function credentialReader(path: string, bytes: Buffer): Reader | undefined {
  const byPath = FILES.find(([pattern]) => pattern.test(path))?.[1];
  return byPath ?? (isTerraformState(bytes) ? terraformState : undefined);
}
