import type { Span } from '../../dockerfile/index.ts';
import { hasFlag, operands, type Call } from '../script/index.ts';
import { rule } from '../types.ts';
import { downloadOf, hostOf, isCommitUrl, isPrivateUrl } from './parts/downloads.ts';
import { hasAdvice, installerAdvice } from './parts/installers.ts';
import { reportOn } from './parts/report.ts';
import { allRuns } from './parts/runs.ts';

const SHELLS = new Set('sh bash dash ash zsh ksh fish'.split(' '));
const INTERPRETERS = /^(?:python[\d.]*|pypy3?|perl|ruby|node|php)$/;
/** What stands before a download whose output is run: `bash <(`, `sh -c "$(`, `eval "$(`. */
const RUN_AS_SCRIPT =
  /(?:(?:\b(?:(?:ba|da|z|k)?sh|python[\d.]*|perl|ruby|node)|\bsource|(?:^|[\s;&|])\.)(?:\s+-\S+)*\s+<\(|\b(?:(?:ba|da|z|k)?sh\s+(?:-\S+\s+)*-\w*c|eval)\s+["']?(?:\$\(|`))\s*$/;
/** As far before a download as that can stand. */
const NEAR = 120;

/** A version in the address, or a variable for one: what is there is not changed day by day. */
const VERSION = /\/v?\d+\.\d+(?:\.\d+)?[^/]*\/|\/v?\$(?:\w*(?:VERSION|TAG|COMMIT)|\{\w*(?:VERSION|TAG|COMMIT)\})\//i;

/** Installers of the languages' own makers, which check what they download (rustup, "Other installation methods"). */
const TOOLCHAIN = /^https:\/\/(?:sh\.rustup\.rs|just\.systems)\b/;

export const pipeToShell = rule({
  id: 'pipe-to-shell',
  aliases: [],
  presets: ['recommended'],
  shippedOnly: true,
  severity: 'warning',
  fixes: 'none',
  summary: 'What is downloaded is checked before it runs.',
  why: 'A script that goes straight into a shell is whatever the server sends that day; a download that breaks off runs in part.',
  source: 'CIS Docker Benchmark, 4.11 "Ensure only verified packages are installed"; OpenSSF Scorecard, "Pinned-Dependencies"',
  examples: [
    { text: 'FROM debian:12\nRUN «curl -fsSL https://deb.nodesource.com/setup_22.x | bash» -\n' },
    { text: 'FROM debian:12\nRUN apt-get update && «curl --proto "=https" -sSf https://sh.acme.io | sh» -s -- -y\n' },
    { text: 'FROM debian:12\nRUN «wget -qO- https://install.acme.io | sudo -E bash»\n' },
    { text: 'FROM php:8.3\nRUN «curl -sS https://getcomposer.org/installer | php» -- --install-dir=/usr/local/bin\n' },
    { text: 'FROM debian:12\nRUN bash <(«curl -s https://get.acme.io») && sh -c "$(«curl -fsSL https://sh.acme.io»)"\n' },
    { text: 'FROM debian:12\nRUN curl -fsSL https://acme.io/a.json | python3 -m json.tool | sh -c "cat"\n' },
    { text: 'FROM debian:12\nRUN curl -fsSL https://acme.io/key.asc | gpg --dearmor -o /etc/apt/keyrings/acme.gpg\n' },
    { text: 'FROM debian:12\nRUN curl -fsSLo i.sh https://acme.io/i.sh && echo "$SUM  i.sh" | sha256sum -c && sh i.sh\n' },
    { text: `FROM debian:12\nRUN curl -fsSL https://raw.acme.io/a/${'0a'.repeat(20)}/install.sh | sh\n` },
    { text: 'FROM debian:12\nRUN curl -s http://localhost:8080/setup | sh; VERSION=$(curl -s https://acme.io/version) sh build.sh\n' },
    { text: 'FROM debian:12\nRUN curl -fsSL https://raw.acme.io/a/v1.2.3/install.sh | sh\n' },
    { text: 'FROM debian:12\nARG TOOL_VERSION\nRUN curl -fsSL https://raw.acme.io/a/v${TOOL_VERSION}/install.sh | sh\n' },
    { text: 'FROM debian:12\nRUN curl -sSf https://sh.rustup.rs | sh -s -- -y\n' },
    { text: 'FROM debian:12\nRUN curl -fsSL https://get.acme.io | bash -s -- --version 1.2.3\n' },
    { text: 'FROM debian:12\nRUN «curl -fsSL https://dot.net/v1/dotnet-install.sh | bash» -s -- --channel 9.0\n' },
  ],
  mentions: /\b(?:curl|wget)\b/,
  *detect({ file, stages, path }) {
    for (const { step } of allRuns({ file, stages, path })) {
      const seen = new Set<number>();
      for (const call of step.script.calls) {
        const url = downloadOf(call)?.url.text;
        // What a substitution in `sh -c` calls is read twice.
        if (
          url === undefined ||
          isCommitUrl(url) ||
          VERSION.test(url) ||
          TOOLCHAIN.test(url) ||
          isPrivateUrl(url) ||
          seen.has(call.span.start)
        )
          continue;
        const span = runAt(call, file.text);
        if (span === undefined || (!hasAdvice(url) && isTold(call))) continue;
        seen.add(call.span.start);
        yield reportOn(step.instruction, span, `what ${hostOf(url) ?? 'the server'} sends runs unseen: ${installerAdvice(url)}`);
      }
    }
  },
});

/** The script is told which version to install, so that is settled. */
const isTold = (call: Call): boolean =>
  piped(call).some(({ args }) =>
    args.some(({ text }, i) =>
      /^--?(?:version|v)$/.test(text) ? args[i + 1] !== undefined : /^--version=.|^v?\d+\.\d+(?:\.\d+)?$/.test(text),
    ),
  );

/** From a download to what runs it; undefined where nothing does. */
function runAt(call: Call, text: string): Span | undefined {
  if (downloadOf(call)?.file !== undefined) return undefined;
  const runner = piped(call).find(runsItsInput);
  if (runner !== undefined) return { start: call.span.start, end: runner.word.span.end };
  const before = text.slice(Math.max(0, call.span.start - NEAR), call.span.start).replace(/\\\r?\n/g, ' ');
  return RUN_AS_SCRIPT.test(before) ? call.span : undefined;
}

/** The calls that the output goes through, one after the other. */
function piped(call: Call): readonly Call[] {
  const found: Call[] = [];
  for (let next = call.pipedInto; next !== undefined && !found.includes(next); next = next.pipedInto) found.push(next);
  return found;
}

/** Whether a program runs what it reads, and not a script of its own. */
function runsItsInput(call: Call): boolean {
  const own = call.args.findIndex(({ text }) => text === '--');
  const before = { args: own === -1 ? call.args : call.args.slice(0, own) };
  const first = operands(before)[0]?.text;
  const readsInput = first === undefined || first === '-' || first === '/dev/stdin';
  if (SHELLS.has(call.program)) return !hasFlag(before, 'c') && (readsInput || hasFlag(before, 's'));
  return INTERPRETERS.test(call.program) && readsInput && !hasFlag(before, 'c', 'm', 'e', 'n', 'p', 'r');
}
