import { replace, wordsOf, declaration, type Span } from '../../dockerfile/index.ts';
import type { Call, ShellWord } from '../script/index.ts';
import type { StageStep } from '../stages/index.ts';
import { rule } from '../types.ts';
import { isPrivateHost, isPrivateUrl, verifies } from './parts/downloads.ts';
import { reportOn } from './parts/report.ts';

const CERTIFICATES = 'certificates are not checked, so anybody in between can send something else';
const SIGNATURES = 'signatures are not checked, so anybody in between can send other packages';

/** A comment that gives the reason: there is nothing to check. */
const UNSIGNED = /\b(?:unsigned|not signed|isn't signed|aren't signed|no signatures?)\b/i;

interface Switch {
  readonly programs: RegExp;
  /** A word that turns a check off. */
  readonly off: RegExp;
  readonly effect: string;
}

/** Options that turn checks off, from the manuals of the programs. */
const SWITCHES: readonly Switch[] = [
  { programs: /^curl$/, off: /^(?:--insecure|-[a-jl-zA-Z#]*k[a-zA-Z]*)$/, effect: CERTIFICATES },
  { programs: /^wget2?$/, off: /^--no-check-certificate$/, effect: CERTIFICATES },
  { programs: /^git$/, off: /^http\.(?:\S+\.)?sslverify=(?:false|0|no|off)$/i, effect: CERTIFICATES },
  { programs: /^(?:npm|yarn|pnpm)$/, off: /^(?:--strict-ssl=false|--no-strict-ssl|strict-ssl=false)$/, effect: CERTIFICATES },
  {
    programs: /^(?:apt|apt-get|aptitude)$/,
    off: /^--(?:force-yes|allow-unauthenticated|allow-insecure-repositories)$/,
    effect: SIGNATURES,
  },
  {
    programs: /^(?:apt|apt-get|aptitude)$/,
    off: /^(?:-o)?(?:APT::Get::AllowUnauthenticated|Acquire::AllowInsecureRepositories)=(?:true|1|yes)$/i,
    effect: SIGNATURES,
  },
  {
    programs: /^(?:yum|dnf|microdnf|dnf5|tdnf)$/,
    off: /^(?:--nogpgcheck|--no-gpgchecks|--setopt=(?:\*\.)?gpgcheck=(?:0|false))$/,
    effect: SIGNATURES,
  },
  { programs: /^zypper$/, off: /^(?:--no-gpg-checks|--allow-unsigned-rpm)$/, effect: SIGNATURES },
  { programs: /^apk$/, off: /^--allow-untrusted$/, effect: SIGNATURES },
];
/** `git config http.sslVerify false`, `npm config set strict-ssl false`: the program, and words one after the other. */
const SETTINGS: readonly (readonly [RegExp, RegExp])[] = [
  [/^git$/, /\bhttp\.(?:\S+\.)?sslverify (?:false|0|no|off)\b/i],
  [/^(?:npm|yarn|pnpm)$/, /\bset (?:-g )?(?:strict-ssl|enableStrictSsl) (?:false|0)\b/],
  [/^conda|^mamba/, /--set ssl_verify (?:false|no|0)\b/i],
  [/^bundle$/, /\bssl_verify_mode 0\b/],
];
/** Variables that do so for every program that heeds them. */
const VARIABLES: Readonly<Record<string, RegExp>> = {
  NODE_TLS_REJECT_UNAUTHORIZED: /^0$/,
  GIT_SSL_NO_VERIFY: /^(?:1|true|yes|on)$/i,
  PYTHONHTTPSVERIFY: /^0$/,
  NPM_CONFIG_STRICT_SSL: /^(?:false|0)$/i,
  YARN_STRICT_SSL: /^(?:false|0)$/i,
  YARN_ENABLE_STRICT_SSL: /^(?:false|0)$/i,
};

interface Found {
  readonly span: Span;
  readonly effect: string;
  /** The word says nothing else, so it can go. */
  readonly canGo: boolean;
}

export const verificationOff = rule({
  id: 'verification-off',
  aliases: [],
  presets: ['recommended'],
  shippedOnly: true,
  severity: 'error',
  fixes: 'unsafe',
  summary: 'Certificates and signatures of what is downloaded are checked.',
  why: 'Without the check the build takes what anybody between it and the server sends. In ENV it stays off when the service runs. What is missing is most often the package `ca-certificates`, or the certificate of a proxy.',
  source: 'curl(1), wget(1), apt-get(8), apk(8), dnf(8), git-config(1); Node.js, "NODE_TLS_REJECT_UNAUTHORIZED"; pip, "--trusted-host"',
  examples: [
    {
      text: 'FROM debian:12\nRUN curl «--insecure» -fO https://acme.io/a.tgz\n',
      fixed: 'FROM debian:12\nRUN curl -fO https://acme.io/a.tgz\n',
    },
    { text: 'FROM debian:12\nRUN curl «-fsSLk» https://acme.io/a.tgz | tar xz\n' },
    {
      text: 'FROM debian:12\nRUN wget -q «--no-check-certificate» https://acme.io/a.tgz\n',
      fixed: 'FROM debian:12\nRUN wget -q https://acme.io/a.tgz\n',
    },
    {
      text: 'FROM debian:12\nRUN apt-get install -y «--allow-unauthenticated» a && apt-get -o «Acquire::AllowInsecureRepositories=true» update\n',
    },
    { text: 'FROM node:22\nRUN «npm config set strict-ssl false» && npm ci\nENV «NODE_TLS_REJECT_UNAUTHORIZED=0»\n' },
    { text: 'FROM python:3.12\nRUN pip install «--trusted-host pypi.org» --trusted-host=pypi app\n' },
    { text: 'FROM debian:12\nRUN git -c «http.sslVerify=false» clone https://acme.io/a && «git config --global http.sslverify false»\n' },
    { text: 'FROM debian:12\nRUN echo «"deb [trusted=yes] https://acme.io stable main"» > /etc/apt/sources.list.d/a.list\n' },
    { text: 'FROM debian:12\nRUN export «GIT_SSL_NO_VERIFY=true» && «PYTHONHTTPSVERIFY=0» python3 get.py\n' },
    { text: 'FROM debian:12\nRUN curl -kfO https://acme.io/a.tgz && echo "$SUM a.tgz" | sha256sum -c\n' },
    {
      text: 'FROM debian:12\nRUN curl -fo k -k https://localhost:8443/health\nHEALTHCHECK CMD curl -fk https://127.0.0.1:8443 || exit 1\n',
    },
    { text: 'FROM alpine:3.20\nCOPY *.apk /tmp/\nRUN apk add --allow-untrusted /tmp/*.apk\nENV NODE_TLS_REJECT_UNAUTHORIZED=1\n' },
    { text: 'FROM node:22\nRUN npm config set strict-ssl true && echo --insecure && curl -fsSL -w ok https://acme.io/k\n' },
    { text: 'FROM fedora:43\n# The packages are not signed yet.\nRUN dnf install -y --nogpgcheck https://acme.io/a.rpm\n' },
  ],
  mentions: /insecure|verify|no-check|ssl|trust|unauthenticated|force-yes|gpg|unsigned|tls_reject|[\s"']-[a-z#]*k/i,
  *detect({ file, stages }) {
    for (const step of stages.flatMap(({ steps }) => steps)) {
      const isSaid = UNSIGNED.test(
        step.instruction.comments.join(' ') + file.text.slice(step.instruction.span.start, step.instruction.span.end),
      );
      for (const { span, effect, canGo } of turnedOff(step)) {
        if (isSaid && effect === SIGNATURES) continue;
        const before = /[ \t]+$/.exec(file.text.slice(0, span.start))?.[0].length ?? 0;
        const fix =
          canGo && before > 0 ? { title: 'check again', edits: [replace({ start: span.start - before, end: span.end }, '')] } : undefined;
        yield reportOn(step.instruction, span, effect, fix);
      }
    }
  },
});

function turnedOff({ instruction, script }: StageStep): readonly Found[] {
  const { name, args } = instruction;
  if (name === 'ENV' && args.form === 'pairs') {
    return args.pairs
      .filter((pair) => isOff(pair.name, pair.value))
      .map(({ nameSpan, valueSpan }) => ({ span: { start: nameSpan.start, end: valueSpan.end }, effect: CERTIFICATES, canGo: false }));
  }
  if (name === 'ARG' && args.form === 'words') {
    return args.words.filter(({ text }) => isAssignmentOff(text)).map(({ span }) => ({ span, effect: CERTIFICATES, canGo: false }));
  }
  return name === 'RUN' && wordsOf(args).length > 0
    ? script.calls.flatMap((call) => [...byVariable(call), ...byWords(call, verifies(script))])
    : [];
}

const isOff = (name: string, value: string): boolean => VARIABLES[name.toUpperCase()]?.test(value.replace(/^["']|["']$/g, '')) ?? false;

function isAssignmentOff(word: string): boolean {
  const { name, value } = declaration(word);
  return value !== undefined && isOff(name, value);
}

const byVariable = ({ program, args, assignments }: Call): readonly Found[] =>
  [...assignments, ...(program === 'export' ? args : [])]
    .filter(({ text }) => isAssignmentOff(text))
    .map(({ span }) => ({ span, effect: CERTIFICATES, canGo: false }));

function byWords(call: Call, isVerified: boolean): readonly Found[] {
  const { program, args, span } = call;
  const setting = SETTINGS.find(([programs]) => programs.test(program));
  if (setting?.[1].test(args.map(({ text }) => text).join(' ')) === true) return [{ span, effect: CERTIFICATES, canGo: false }];
  if (/^(?:pip[\d.]*|uv)$/.test(program) || args.some(({ text }) => text === 'pip')) return trustedHosts(args);
  if (program === 'echo' || program === 'printf') {
    return args
      .filter(({ text }) => /^deb(?:-src)? .*\[[^\]]*\btrusted=yes\b/.test(text))
      .map((word) => ({ span: word.span, effect: SIGNATURES, canGo: false }));
  }
  if (isVerified || isPrivate(args)) return [];
  return SWITCHES.filter(({ programs }) => programs.test(program)).flatMap(({ off, effect }) =>
    args.filter(({ text }) => off.test(text)).map((word) => ({ span: word.span, effect, canGo: /^--/.test(word.text) })),
  );
}

/** All that it fetches is on this machine or in a private network, or a package file that was made here. */
function isPrivate(args: readonly ShellWord[]): boolean {
  const urls = args.filter(({ text }) => /^https?:\/\//.test(text));
  if (urls.length > 0) return urls.every(({ text }) => isPrivateUrl(text));
  return args.some(({ text }) => /\.(?:apk|rpm|deb)$/.test(text));
}

function trustedHosts(args: readonly ShellWord[]): readonly Found[] {
  return args.flatMap(({ text, span }, i) => {
    const next = text === '--trusted-host' || text === '--allow-insecure-host' ? args[i + 1] : undefined;
    const host = next?.text ?? /^--(?:trusted-host|allow-insecure-host)=(.+)/.exec(text)?.[1];
    if (host === undefined || host.includes('$') || isPrivateHost(host.replace(/:\d+$/, ''))) return [];
    return [{ span: { start: span.start, end: next?.span.end ?? span.end }, effect: CERTIFICATES, canGo: true }];
  });
}
