import { assignments, isLiteral, isSecretName, passwordIn, secretsIn } from '../../../base/index.ts';
import { declaration, type Instruction, type Span } from '../../../dockerfile/index.ts';
import type { Call, ShellWord } from '../../script/index.ts';
import type { StageStep } from '../../stages/index.ts';

/** A secret in the text of a Dockerfile. `what` names it without its text. */
export interface WrittenSecret {
  readonly span: Span;
  readonly what: string;
}

/** What stands in for a secret: builds, tests and first starts want some value, and everybody knows these. */
const STANDS_IN =
  /dummy|example|sample|placeholder|fake|change|insecure|not[-_ ]?(?:a[-_ ]?|so[-_ ]?|very[-_ ]?)?secret|super[-_ ]?secret|my[-_]?(?:secret|token|password|key)|build|test|dev|local|temp|todo|xxx|default|replace|your|secret[-_]?key|sha\d+:|\.(?:pem|key|txt|json|crt)$/i;
const TRIVIAL =
  /^(?:pass|passw(?:or)?d\d*|pw|admin\d*|root|user|guest|postgres|mysql|mariadb|mongo|redis|rabbitmq|minio|minioadmin|elastic|docker|vagrant|secret\d*|token\d*|key|foo|bar|baz|foobar|hello|abcd?\w{0,4}|qwerty|enabled?|disabled?|required?|optional|auto|[a-z]{1,5}|\d+)$/i;

/** Whether a value is written out that somebody may want to keep for themselves. */
export const isRealSecret = (value: string): boolean =>
  isLiteral(value) &&
  value.length >= 6 &&
  !/[$`]/.test(value) &&
  !STANDS_IN.test(value) &&
  !TRIVIAL.test(value) &&
  !/^[./~]|\s/.test(value);

const isNamedSecret = (name: string, value: string): boolean => isSecretName(name) && isRealSecret(unquoted(value));

const unquoted = (text: string): string => text.replace(/^(["'])(.*)\1$/s, '$2');

/** Secrets that an instruction has written in it: each place once. */
export function secretsOf({ instruction, script }: StageStep, text: string): readonly WrittenSecret[] {
  const written = text.slice(instruction.span.start, instruction.span.end);
  const byName = NAMES_SECRETS.test(written)
    ? [...named(instruction), ...script.calls.flatMap(givenTo), ...script.assignments.flatMap(assigned)]
    : [];
  const found = [...shaped(instruction, written), ...byName];
  return found.filter(({ span }, i) => !found.slice(0, i).some((other) => other.span.start < span.end && span.start < other.span.end));
}

/** Parts of the names of secrets, and options that are given some: without any of them there is none by name. */
const NAMES_SECRETS = /pass|pwd|secret|token|key|credential|authorization|-u\b|--user\b/i;

/** Tokens and private keys by their shape, and passwords in addresses. */
function shaped({ span: { start } }: Instruction, written: string): readonly WrittenSecret[] {
  const tokens = secretsIn(written).map(({ at, name }) => ({
    what: `${/^[aeiou]/i.test(name) ? 'an' : 'a'} ${name}`,
    span: { start: start + at, end: start + at + (/^[^\s"'`\\,;@]+/.exec(written.slice(at))?.[0].length ?? 1) },
  }));
  const addresses = !written.includes('@')
    ? []
    : [...written.matchAll(/[a-z][a-z0-9+.-]*:\/\/([^\s:/@'"]*):([^\s@/'"]{3,})@([^\s/@'"]+)/gi)];
  const passwords = addresses.flatMap((match) => {
    const [whole, user = '', password = '', host = ''] = match;
    if (passwordIn(whole) === undefined || !isRealSecret(password) || user === password || isLocal(host)) return [];
    const at = start + match.index + whole.lastIndexOf(`:${password}@`) + 1;
    return [{ what: 'a password in an address', span: { start: at, end: at + password.length } }];
  });
  const registries = [...written.matchAll(/(?<=_(?:authToken|password)=)[^\s"'$\\]{8,}/g)]
    .filter(([value]) => isRealSecret(value))
    .map((match) => ({
      what: 'the token of a registry',
      span: { start: start + match.index, end: start + match.index + match[0].length },
    }));
  return [...tokens, ...passwords, ...registries];
}

const isLocal = (host: string): boolean => /^(?:localhost|127\.|0\.0\.0\.0|\[?::1|.*\bexample\b)/.test(host);

/** `ENV NAME=value`, `ARG NAME=value`. */
function named({ name, args }: Instruction): readonly WrittenSecret[] {
  if (name === 'ENV' && args.form === 'pairs') {
    return args.pairs
      .filter((pair) => isNamedSecret(pair.name, pair.value))
      .map((pair) => ({ what: `the value of \`${pair.name}\``, span: pair.valueSpan }));
  }
  if (name !== 'ARG' || args.form !== 'words') return [];
  return args.words.flatMap(({ text, span }) => {
    const { name: variable, value } = declaration(text);
    return value !== undefined && isNamedSecret(variable, value)
      ? [{ what: `the value of \`${variable}\``, span: { start: span.end - value.length, end: span.end } }]
      : [];
  });
}

/** `NAME=value` of a script. */
function assigned({ text, span, expands }: ShellWord): readonly WrittenSecret[] {
  const [, name = '', value = ''] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
  return !expands && isNamedSecret(name, value) ? [{ what: `the value of \`${name}\``, span }] : [];
}

/** Options of programs that are given a secret: `--password=…`, and headers and users of curl. */
const OPTION = /^--?(?:[\w-]*-)?(?:password|passwd|token|secret|api-?key|auth-?token|access-?key|secret-?key|private-?token)$/i;
const HEADER = /^(?:authorization:\s*(?:bearer|basic|token)|private-token:|job-token:|x-api-key:|x-auth-token:|x-vault-token:)\s*(\S+)$/i;

function givenTo(call: Call): readonly WrittenSecret[] {
  const { args, program } = call;
  const exported = program === 'export' ? args.flatMap(assigned) : [];
  const given = args.flatMap((word, i): readonly WrittenSecret[] => {
    if (word.expands) return [];
    const before = args[i - 1]?.text ?? '';
    const [, option = '', value = ''] = /^(--?[\w-]+)=(.*)$/s.exec(word.text) ?? ['', before, word.text];
    if (OPTION.test(option) && !option.includes('disable') && !value.startsWith('-') && isRealSecret(unquoted(value)))
      return [{ what: `the value of \`${option}\``, span: word.span }];
    const header = HEADER.exec(word.text)?.[1];
    if (header !== undefined && isRealSecret(header)) return [{ what: 'what a header authorizes with', span: word.span }];
    const user = program === 'curl' && /^(?:-u|--user)$/.test(before) ? /^[^:]+:(.+)$/.exec(word.text)?.[1] : undefined;
    const login = call.pipedInto?.program === 'chpasswd' ? /^[\w-]+:(.+)$/.exec(word.text)?.[1] : undefined;
    if (login !== undefined && isRealSecret(login)) return [{ what: 'the password of a user', span: word.span }];
    return user !== undefined && isRealSecret(user) ? [{ what: 'a password', span: word.span }] : [];
  });
  return [...exported, ...call.assignments.flatMap(assigned), ...given];
}

/** Whether a file of settings has a secret written in it. */
export const holdsSecret = (text: string): boolean =>
  secretsIn(text).length > 0 ||
  [...assignments(text)].some(({ name, value }) => isNamedSecret(name, value) || passwordIn(value) !== undefined);
