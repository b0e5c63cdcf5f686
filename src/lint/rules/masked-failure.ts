import { replace, type Dockerfile, type Edit } from '../../dockerfile/index.ts';
import { isCall, type Call, type ShellWord } from '../script/index.ts';
import { familyOf } from '../stages/index.ts';
import { rule, type Fix } from '../types.ts';
import { isSaidNear } from './parts/comments.ts';
import { downloadOf } from './parts/downloads.ts';
import { reportOn } from './parts/report.ts';
import { allRuns, callsAfter, type Place } from './parts/runs.ts';
import { installsPackages, toolCall, type ToolCall } from './parts/tools.ts';
import { isWork } from './parts/work.ts';

export const maskedFailure = rule({
  id: 'masked-failure',
  aliases: [],
  answeredBy: ['DL4006'],
  presets: ['recommended'],
  shippedOnly: true,
  severity: 'warning',
  fixes: 'unsafe',
  summary: 'Where a download, an install or a build fails, the RUN fails.',
  why: 'A shell looks only at the last command, and of a pipe only at its end. What failed before goes unnoticed into the image, and into the layer cache.',
  source: 'POSIX, "Shell Command Language", 2.8.2, 2.9.2 and 2.9.3; Dockerfile reference, "RUN"',
  examples: [
    { text: 'FROM debian:12\nRUN «curl -fsSL https://example.com/setup_22.x» | bash - && apt-get install -y nodejs\n' },
    {
      text: 'FROM alpine:3.20\nRUN «wget -qO- https://example.com/add.sh» | sh -s -- -y\nRUN apk add --no-cache tool\n',
      fixed: 'FROM alpine:3.20\nRUN set -o pipefail; wget -qO- https://example.com/add.sh | sh -s -- -y\nRUN apk add --no-cache tool\n',
    },
    { text: 'FROM debian:12\nRUN «curl -s https://example.com/app.conf» | tee /etc/app.conf\n' },
    { text: 'FROM debian:12\nRUN curl -s https://example.com/key.asc | tee /etc/apt/keyrings/a.asc\n' },
    { text: 'FROM debian:12\nRUN curl -fsSL https://example.com/install.sh | sh\nRUN uv sync\n' },
    { text: 'FROM debian:12\nRUN curl -fsSL https://example.com/uv/install.sh | sh\nRUN apt-get install -y gcc && uv sync\n' },
    { text: 'FROM rockylinux:9\nRUN curl -fsSL https://example.com/script.rpm.sh | bash\nRUN yum install -y varnish-7.3.0\n' },
    { text: 'FROM rockylinux:9\nRUN yum install -y "dnf-command(config-manager)"; yum config-manager --set-enabled crb\n' },
    { text: 'FROM debian:12\nRUN (apt-get install -y ucx-tools || echo "not available, skipped") && make\n' },
    {
      text: 'FROM php:8.3\nRUN curl -fsSL https://getcomposer.org/installer | php -- --version=2.8 && mv composer.phar /usr/bin/composer\n',
    },
    { text: 'FROM rust:1.80\nRUN if [ -n "$A" ]; then cargo build --release; mv target/release/a .; else echo none; fi\n' },
    { text: 'FROM rust:1.80\nRUN --mount=type=cache,target=/target «cargo build --release»; mv target/release/a .\n' },
    { text: 'FROM debian:12\n# Optional: faster lookups.\nRUN apt-get install -y ripgrep || true\n' },
    { text: 'FROM alpine:3.20\nRUN apk upgrade --simulate | grep openssl | sh\n' },
    {
      text: 'FROM debian:12\nRUN apt-get update; «apt-get install -y nginx»; rm -rf /var/lib/apt/lists/*\n',
      fixed: 'FROM debian:12\nRUN set -e; apt-get update; apt-get install -y nginx; rm -rf /var/lib/apt/lists/*\n',
    },
    {
      text: 'FROM debian:12\nRUN <<EOF\napt-get update\n«apt-get install -y nginx»\nrm -rf /var/lib/apt/lists/*\nEOF\n',
      fixed: 'FROM debian:12\nRUN <<EOF\nset -e\napt-get update\napt-get install -y nginx\nrm -rf /var/lib/apt/lists/*\nEOF\n',
    },
    { text: 'FROM node:22\nRUN «npm ci» || true\n' },
    { text: 'FROM node:22\nRUN test -f package.json && npm ci || echo none\n' },
    { text: 'FROM golang:1.23\nRUN «make all» 2>&1 | tee build.log\n' },
    { text: 'FROM debian:12\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN curl -fsSL https://example.com/install.sh | sh\n' },
    { text: 'FROM debian:12\nRUN set -eux; apt-get update; apt-get install -y nginx; rm -rf /var/lib/apt/lists/*\n' },
    { text: 'FROM debian:12\nRUN curl -fsSL https://example.com/a.tar.gz | tar -xz -C /opt\n' },
    { text: 'FROM debian:12\nRUN curl -fsSL https://example.com/key.asc | gpg --dearmor -o /etc/apt/keyrings/a.gpg\n' },
    { text: 'FROM debian:12\nRUN apt-get update; apt-get install -y nginx\n' },
    { text: 'FROM debian:12\nRUN curl https://sh.rustup.rs | sh -s -- -y && /root/.cargo/bin/cargo --version\n' },
    { text: 'FROM debian:12\nRUN userdel -r ubuntu || true; rm -f /tmp/a || true\n' },
    { text: 'FROM debian:12\nRUN dpkg -i a.deb || apt-get -fy install\n' },
    { text: 'FROM debian:12\nRUN yes | apt-get install nginx && cat list | xargs apt-get install -y\n' },
    { text: 'FROM debian:12\nRUN <<EOF\n#!/bin/bash -e\napt-get install -y nginx\nrm -rf /var/lib/apt/lists/*\nEOF\n' },
  ],
  mentions: /[;|]|<</,
  *detect(subject) {
    for (const place of allRuns(subject)) {
      if (!place.stage.isNeeded) continue;
      const call = place.step.script.calls.find(
        (candidate) => !candidate.inner && isMasked(candidate) && !isExpected(candidate, place, subject.file),
      );
      if (call === undefined) continue;
      yield reportOn(place.step.instruction, call.span, MESSAGES[call.fate] ?? '', mend(call, place));
    }
  },
});

const MESSAGES: Readonly<Partial<Record<Call['fate'], string>>> = {
  'lost to ;': 'the RUN goes on when this fails: join with `&&`, or begin with `set -e`',
  'lost to |': 'the RUN goes on when this fails: only the end of the pipe counts. Write to a file first, or set `pipefail`',
  'lost to ||': 'when this fails the image is built without it: leave the `||` out',
};

function isMasked(call: Call): boolean {
  switch (call.fate) {
    case 'lost to ;':
      return isWork(toolCall(call)) && !isCall(call, 'apt-get', 'update');
    case 'lost to ||':
      return isWork(toolCall(call));
    case 'lost to |':
      return isFetch(call) ? takesNothing(call.pipedInto) : isWork(toolCall(call));
    default:
      return false;
  }
}

/** Words for what may be missing. */
const MAY_FAIL =
  /\b(?:optional(?:ly)?|skip(?:s|ped|ping)?|ignor\w+|not available|unavailable|best[- ]effort|(?:may|might) (?:not|fail)|if available)\b/i;

/** Somebody asks first (`test -f a && make || echo none`), says that it may fail, or notices afterwards. */
function isExpected(call: Call, place: Place, file: Dockerfile): boolean {
  if (isNoticed(call, place)) return true;
  if (call.fate !== 'lost to ||') return isCalledFor(call, place);
  const { calls } = place.step.script;
  const at = calls.indexOf(call);
  const [before, after] = [calls[at - 1], calls[at + 1]];
  return (
    /^(?:test|\[|\[\[|command|which|type)$/.test(before?.program ?? '') ||
    (after?.program === 'echo' && after.args.some(({ text }) => MAY_FAIL.test(text))) ||
    isSaidNear(file, place.step.instruction, MAY_FAIL)
  );
}

/** What was built is taken, and that fails where there is nothing: `make; cp app /`. */
const isTaken = (next: Call | undefined): boolean => next?.fate === 'ends' && /^(?:mv|cp|install|strip)$/.test(next.program);

/** What is installed is called later in the RUN, and there its absence ends the build: `apt-get install -y jq; jq … && …`. */
function isCalledFor(call: Call, { step: { script, mounts } }: Place): boolean {
  const tool = toolCall(call);
  const { calls } = script;
  if (!installsPackages(tool)) return mounts.every(({ type }) => type !== 'cache') && isTaken(calls[calls.indexOf(call) + 1]);
  const later = script.calls.slice(script.calls.indexOf(call) + 1).filter(({ fate }) => fate === 'ends');
  return tool.given.every(({ text }) => {
    const plugin = /^dnf-command\((.+)\)$/.exec(text)?.[1];
    return later.some((next) => (plugin === undefined ? next.program === text : toolCall(next).subcommand === plugin));
  });
}

/** What would not be there is called for, and its absence ends the build. */
function isNoticed(call: Call, { stage, step }: Place): boolean {
  const into = call.pipedInto;
  if (into === undefined) return false;
  // With `pipefail`, a search that finds nothing would end the build.
  if (into.program === 'grep') return true;
  if (!isFetch(call)) return false;
  if (SCRIPTED.test(into.program) && isTaken(step.script.calls[step.script.calls.indexOf(into) + 1])) return true;
  // apt refuses a repository without its key.
  if (into.program === 'tee') return into.args.some(({ text }) => text.startsWith('/etc/apt/'));
  const { calls } = step.script;
  // The system's own packages would be installed instead of those of the repository that a script adds.
  if (SHELL.test(into.program))
    return INSTALLER.test(downloadOf(call)?.url.text ?? '') || !callsAfter(into, step, stage).map(toolCall).some(mayInstallAnother);
  return calls.slice(calls.indexOf(into) + 1).some(({ program, inner }) => !inner && !COMMON.has(program));
}

const SHELL = /^(?:sh|bash|dash|ash|zsh)$/;
const SCRIPTED = /^(?:sh|bash|dash|ash|zsh|python[\d.]*|perl|ruby|node|php)$/;

/** Puts a program there, and adds no repository: who calls it finds nothing. */
const INSTALLER = /\/install(?:er)?(?:[-_.]\w+)*$|^https:\/\/sh\.rustup\.rs\b/;

/** Packages of the system; not those whose version only the added repository has. */
const mayInstallAnother = (tool: ToolCall): boolean => installsPackages(tool) && !(tool.given.length > 0 && tool.given.every(hasVersion));

/** `nodejs=22.1.0-1`, `varnish-7.3.0`. */
const hasVersion = ({ text }: ShellWord): boolean => /[=-]v?\d+(?:\.\d+)+/.test(text);

/** Programs that are there anyway. */
const COMMON = new Set(
  'apt-get apt apk dnf yum microdnf rm mv cp ln mkdir chmod chown echo printf cat tee sed grep export cd true set useradd adduser find'.split(
    ' ',
  ),
);

const isFetch = ({ program, args }: Call): boolean => /^(?:curl|wget)$/.test(program) && args.some(({ text }) => /:\/\/|\$/.test(text));

/** What is content with no input at all: shells run nothing and filters write nothing; tar, gpg and gunzip fail. */
const takesNothing = (call: Call | undefined): boolean =>
  call !== undefined &&
  /^(?:sh|bash|dash|ash|zsh|python[\d.]*|perl|ruby|node|php|tee|cat|sed|awk|tr|jq|base64|envsubst)$/.test(call.program);

/** `set -e`, or `set -o pipefail` where the shell is known to have it (BusyBox, and so Alpine; dash has not had it for long). */
function mend({ fate }: Call, { stage, step }: Place): Fix | undefined {
  const { args, heredocs } = step.instruction;
  const option = fate === 'lost to ;' ? '-e' : fate === 'lost to |' && familyOf(stage.base) === 'alpine' ? '-o pipefail' : undefined;
  if (option === undefined || args.form !== 'text' || step.script.calls.some(({ program }) => program === 'set')) return undefined;
  const [only] = heredocs;
  if (only !== undefined && only.content !== step.script.text) return undefined;
  if (only !== undefined && only.content.startsWith('#!')) return undefined;
  const edit: Edit =
    only === undefined
      ? replace({ start: args.word.span.start, end: args.word.span.start }, `set ${option}; `)
      : replace({ start: only.contentSpan.start, end: only.contentSpan.start }, `set ${option}\n`);
  return { title: `begin with \`set ${option}\``, edits: [edit] };
}
