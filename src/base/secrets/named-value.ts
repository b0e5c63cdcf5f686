import { isExample } from './example.ts';

/** The name says that the value is a secret. Paths, addresses and identifiers of secrets are none. */
export const isSecretName = (name: string): boolean =>
  /(^|[_.-])((?:pg)?password|(?<=[_.-])pass|passwd|passphrase|pwd|secret|secret[_.-]?key|token|auth[_.-]?token|api[_.-]?key|access[_.-]?key|private[_.-]?key|signing[_.-]?key|encryption[_.-]?key|credentials?)$/i.test(
    name,
  ) && !/(^|_)(PUBLIC|MAX|NUM|N)_/i.test(name);

/** What people write where the value is to be put in, or what is no value. */
const PLACEHOLDERS =
  /^(change[_-]?(me|it|this).*|replace.*|your[_-].*|.*[_-]here|todo|tbd|none|null|nil|false|true|yes|no|on|off|undefined|default|dummy.*|example.*|sample.*|placeholder.*|fake.*|secret|password|token|test|x+|\*+|\.+|-+)$/i;

/** Where a value is to be found, and words of other kinds. */
const REFERENCES = /^(?:vault|arn|ref|op|sops|file|env|ssm|secretref):|os\.environ|getenv|process\.env|^[a-z]+\/[a-z.+-]+$/;

/** True for text that may be a real secret: no placeholder, no reference to a variable, no path or plain number below 8 digits. */
export function isLiteral(value: string): boolean {
  const text = value.trim();
  if (text.length < 4 || PLACEHOLDERS.test(text)) return false;
  if (/^[<[{%].*[>\]}%]$|\$\{?[A-Za-z_]|^\{\{|^%\(\w+\)s$|^@@?\w+@@?$|^![a-z]+$/i.test(text)) return false;
  if (isExample(text) || REFERENCES.test(text) || /not[-_]a?[-_]?real|^sk_test_/.test(text)) return false;
  return !/^\/[\w./-]*$|^~\/|^\d{1,7}$/.test(text) && !isPlainUrl(text);
}

const isPlainUrl = (text: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(text) && passwordIn(text) === undefined;

/** The password of `scheme://user:password@host`, where it is a literal one. */
export function passwordIn(text: string): string | undefined {
  const password = /\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@'"]*:([^\s@/'"]{3,})@[^\s/@]/i.exec(text)?.[1];
  return password !== undefined && isWritten(password) ? password : undefined;
}

/** Of a password in an address: not `password`, `${PASSWORD}`, nor the like. */
const isWritten = (password: string): boolean => !PLACEHOLDERS.test(password) && !/^[<[{%$*]|\$\{?[A-Za-z_]/.test(password);

/** `NAME=value` lines of a settings file, quotes taken off, with their lines. */
export function* assignments(text: string): Generator<{ readonly name: string; readonly value: string; readonly line: number }> {
  for (const [index, written] of text.split(/\r?\n/).entries()) {
    const [, name, value] = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*[=:](.*)$/.exec(written) ?? [];
    if (name !== undefined && value !== undefined) yield { name, value: value.trim().replace(/^(["'])(.*)\1.*$/, '$2'), line: index + 1 };
  }
}
