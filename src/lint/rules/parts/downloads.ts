import { flagValue, hasFlag, operands, type Call, type Script, type ShellWord } from '../../script/index.ts';

/** What curl or wget fetches. */
export interface Download {
  readonly call: Call;
  readonly url: ShellWord;
  /** The file it is written to, as far as that is written; undefined: the standard output. */
  readonly file: string | undefined;
}

/** Options of curl and wget that take a value as a word of its own (curl(1), wget(1)), beside those of the output. */
const VALUED = (
  'A b c C d D e E F h H K m o O P Q r t T u U w x X y Y z cacert capath cert ciphers config connect-timeout continue-at cookie ' +
  'data data-binary form header key limit-rate max-redirs max-time output output-document directory-prefix proto proto-redir proxy ' +
  'range referer request resolve retry retry-delay retry-max-time user user-agent write-out tries timeout post-data'
).split(' ');
const VALUED_BY_CURL = VALUED.filter((flag) => flag !== 'O');
/** Letters that take none in curl and do in wget, or the other way round, are no trouble: a URL begins like one. */
const URL_WORD = /^(?:https?|ftp):\/\/|^\$(?:\{[A-Za-z_]\w*\}|[A-Za-z_]\w*)/;

/** The first thing that a call of curl or wget fetches; undefined for other programs. */
export function downloadOf(call: Call): Download | undefined {
  if (call.program !== 'curl' && call.program !== 'wget') return undefined;
  const flagged = call.program === 'curl' ? flagValue(call, 'url') : undefined;
  const valued = call.program === 'curl' ? VALUED_BY_CURL : VALUED;
  const url = flagged ?? operands(call, ...valued).find(({ text }) => URL_WORD.test(text));
  return url === undefined ? undefined : { call, url, file: fileOf(call, url) };
}

/** The downloads of a script, in their order. */
export const downloads = ({ calls }: Script): readonly Download[] => calls.map(downloadOf).filter((found) => found !== undefined);

function fileOf(call: Call, url: ShellWord): string | undefined {
  const redirected = call.redirections.find(({ operator }) => /^1?>{1,2}\|?$/.test(operator))?.target.text;
  const named = redirected ?? outputFlag(call);
  if (named === '-' || named === '/dev/stdout') return undefined;
  if (named !== undefined) return named;
  const isNamedByUrl = call.program === 'wget' || hasFlag(call, 'O', 'remote-name', 'remote-name-all');
  return isNamedByUrl ? url.text.replace(/[?#].*$/, '').replace(/^.*\//, '') : undefined;
}

/** The flag by its long name; its letter as the last of several, or before the file. */
const OUTPUT = {
  curl: { long: '--output', last: /^-[A-Za-z#]*o$/, before: /^-[a-zA-NP-Z]*?o([^A-Za-z].*|\/.*)$/ },
  wget: { long: '--output-document', last: /^-[A-Za-z#]*O$/, before: /^-[a-zA-NP-Z]*?O([^A-Za-z].*|\/.*)$/ },
};

/** `-o FILE`, `-sSLo FILE`, `-oFILE`; wget: `-O`, `-qO-`. */
function outputFlag({ program, args }: Call): string | undefined {
  const { long, last, before } = program === 'curl' ? OUTPUT.curl : OUTPUT.wget;
  for (const [i, { text }] of args.entries()) {
    if (!text.startsWith('-')) continue;
    if (text === long || last.test(text)) return args[i + 1]?.text;
    if (text.startsWith(`${long}=`)) return text.slice(long.length + 1);
    const joined = before.exec(text)?.[1];
    if (joined !== undefined) return joined;
  }
  return undefined;
}

/** Programs that tell whether a file is what it should be. */
const VERIFIERS = new Set(
  'sha1sum sha224sum sha256sum sha384sum sha512sum b2sum md5sum shasum rhash gpg gpg2 gpgv sqv cosign minisign signify openssl slsa-verifier'.split(
    ' ',
  ),
);

/** Whether something in the script checks a sum or a signature. */
export const verifies = ({ calls }: Script): boolean =>
  calls.some(({ program, args }) => VERIFIERS.has(program) || (program === 'gh' && args[0]?.text === 'attestation'));

/** The host of a URL; undefined where a variable tells it. */
export function hostOf(url: string): string | undefined {
  const host = /^[a-z+]+:\/\/(?:[^/@]*@)?([^/:?#]+)/i.exec(url)?.[1]?.toLowerCase();
  return host === undefined || host.includes('$') ? undefined : host;
}

/** This machine or one of a private network: a name without a dot, or with an ending that no public one has. */
export const isPrivateHost = (host: string): boolean =>
  !host.includes('.') ||
  /^(?:127|10|192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01])|0)\./.test(host) ||
  /\.(?:local|localhost|internal|intranet|lan|corp|home|svc|test|example|invalid)$|(?:^|\.)example\.(?:com|org|net)$/.test(host);

/** Whether a URL stays on this machine or in a private network; not where a variable tells the host. */
export function isPrivateUrl(url: string): boolean {
  const host = hostOf(url);
  return host !== undefined && isPrivateHost(host);
}

/** What the URL leads to cannot change: it holds a commit. */
export const isCommitUrl = (url: string): boolean => /(?:^|[^0-9a-f])[0-9a-f]{40}(?:[^0-9a-f]|$)/.test(url);

/** Parts of a URL that lead to something else with each release or commit. */
const MOVING =
  /\/releases\/latest\/|\/(?:raw|archive|blob|tarball|zipball)\/(?:refs\/heads\/)?(?:master|main|develop|HEAD)\b|^https?:\/\/raw\.githubusercontent\.com\/[^/]+\/[^/]+\/(?:refs\/heads\/)?(?:master|main|develop|HEAD)\/|[/_.-](?:latest|nightly)(?:[/_.?-]|$)/;

/** What the URL leads to is another thing tomorrow, by what it says: `latest`, or a branch. */
export const isMovingUrl = (url: string): boolean => MOVING.test(url) && !isCommitUrl(url);
