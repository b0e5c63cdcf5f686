import { rule } from '../types.ts';
import { isCommitUrl, isPrivateUrl, verifies } from './parts/downloads.ts';
import { reportOn } from './parts/report.ts';
import { isForWindows } from './parts/runs.ts';

/** Certificates and keys, which their owners renew at the same address. */
const RENEWED = /\.(?:pem|crt|cer|key|asc|gpg)(?:[?#]|$)/i;
/** A place that somebody fills in before the build: `tool_linux_BASEARCH.tgz`. */
const TEMPLATE = /BASEARCH|QEMUARCH|@[A-Z_]+@|\{\{/;

export const addUrlWithoutChecksum = rule({
  id: 'add-url-without-checksum',
  aliases: [],
  presets: [],
  shippedOnly: true,
  severity: 'warning',
  fixes: 'none',
  summary: 'ADD of a URL has the checksum of what it brings.',
  why: 'The build takes whatever the server sends that day; with `--checksum` it stops when that is something else.',
  source: 'Dockerfile reference, "ADD --checksum"',
  examples: [
    { text: 'FROM debian:12\nADD «https://acme.io/app-1.2.tar.gz» /opt/\n' },
    { text: 'FROM debian:12\nADD --chmod=755 «https://acme.io/v1/tini» /tini\n' },
    { text: 'FROM debian:12\nARG V=1\nADD --chmod=755 https://acme.io/v$V/tini /tini\n' },
    { text: `FROM debian:12\nADD --checksum=sha256:${'0'.repeat(64)} https://acme.io/app-1.2.tar.gz /opt/\n` },
    { text: 'FROM debian:12\nADD https://github.com/acme/app.git#v1.2 /src\nADD git@github.com:acme/app.git /src\n' },
    { text: `FROM debian:12\nADD https://raw.acme.io/${'0a'.repeat(20)}/app.conf /etc/\n` },
    { text: 'FROM debian:12\nADD https://acme.io/app.tgz /\nRUN echo "$SUM /app.tgz" | sha256sum -c -\n' },
    { text: 'FROM debian:12\nADD https://curl.se/ca/cacert.pem /etc/ssl/\n' },
    { text: 'FROM debian:12\nADD app.tar.gz http://\n' },
  ],
  mentions: /\badd\b.*https?:\/\//i,
  *detect({ file, stages, path }) {
    if (isForWindows({ file, stages, path })) return;
    for (const [instruction, later] of stages.flatMap(({ steps }) =>
      steps.map((step, i) => [step.instruction, steps.slice(i + 1)] as const),
    )) {
      const { name, args, flags } = instruction;
      if (name !== 'ADD' || (args.form !== 'words' && args.form !== 'exec') || flags.some((flag) => flag.name === 'checksum')) continue;
      if (later.some(({ script, instruction: { line } }) => verifies(script) || line.includes('Get-FileHash'))) continue;
      for (const { text, span } of args.words.slice(0, -1)) {
        const isFile = /^https?:\/\//.test(text) && !/\.git(?:[#?]|$)/.test(text);
        // With a version from outside, one checksum is not enough.
        if (!isFile || text.includes('$') || RENEWED.test(text) || TEMPLATE.test(text) || isCommitUrl(text) || isPrivateUrl(text)) continue;
        yield reportOn(instruction, span, 'nothing says what this file must be: add `--checksum=sha256:…`');
      }
    }
  },
});
