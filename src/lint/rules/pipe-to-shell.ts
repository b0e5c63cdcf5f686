import type { Call } from '../script/index.ts';
import { hasFlag, operands } from '../script/index.ts';
import { rule } from '../types.ts';
import { downloadOf, hostOf, isCommitUrl, isPrivateHost } from './parts/downloads.ts';
import { installerAdvice } from './parts/installers.ts';
import { reportOn } from './parts/report.ts';
import { allRuns } from './parts/runs.ts';

const SHELLS = new Set('sh bash dash ash zsh ksh fish'.split(' '));
const INTERPRETERS = /^(?:python[\d.]*|pypy3?|perl|ruby|node|php)$/;
/** What stands before a download whose output is run: `bash <(`, `sh -c "$(`, `eval "$(`. */
const RUN_AS_SCRIPT =
  /(?:(?:\b(?:(?:ba|da|z|k)?sh|python[\d.]*|perl|ruby|node)|\bsource|(?:^|[\s;&|])\.)(?:\s+-\S+)*\s+<\(|\b(?:(?:ba|da|z|k)?sh\s+(?:-\S+\s+)*-\w*c|eval)\s+["']?(?:\$\(|`))\s*$/;

export const pipeToShell = rule({
  id: 'pipe-to-shell',
  aliases: [],
  presets: ['recommended'],
  severity: 'warning',
  fixes: 'none',
  summary: 'What is downloaded is checked before it runs.',
  why: 'A script that goes straight into a shell is whatever the server sends that day; a download that breaks off runs in part.',
  source: 'CIS Docker Benchmark, 4.11 "Ensure only verified packages are installed"; OpenSSF Scorecard, "Pinned-Dependencies"',
  examples: [
    { text: 'FROM debian:12\nRUN «curl -fsSL https://deb.nodesource.com/setup_22.x | bash» -\n' },
    { text: 'FROM debian:12\nRUN apt-get update && «curl --proto "=https" -sSf https://sh.rustup.rs | sh» -s -- -y\n' },
    { text: 'FROM debian:12\nRUN «wget -qO- https://install.acme.io | sudo -E bash»\n' },
    { text: 'FROM php:8.3\nRUN «curl -sS https://getcomposer.org/installer | php» -- --install-dir=/usr/local/bin\n' },
    { text: 'FROM debian:12\nRUN bash <(«curl -s https://get.acme.io») && sh -c "$(«curl -fsSL https://sh.acme.io»)"\n' },
    { text: 'FROM debian:12\nRUN curl -fsSL https://acme.io/a.json | python3 -m json.tool | sh -c "cat"\n' },
    { text: 'FROM debian:12\nRUN curl -fsSL https://acme.io/key.asc | gpg --dearmor -o /etc/apt/keyrings/acme.gpg\n' },
    { text: 'FROM debian:12\nRUN curl -fsSLo i.sh https://acme.io/i.sh && echo "$SUM  i.sh" | sha256sum -c && sh i.sh\n' },
    { text: `FROM debian:12\nRUN curl -fsSL https://raw.acme.io/a/${'0a'.repeat(20)}/install.sh | sh\n` },
    { text: 'FROM debian:12\nRUN curl -s http://localhost:8080/setup | sh; VERSION=$(curl -s https://acme.io/version) sh build.sh\n' },
  ],
  *detect({ file, stages }) {
    for (const { step } of allRuns({ file, stages })) {
      const seen = new Set<number>();
      for (const call of step.script.calls) {
        const download = downloadOf(call);
        const url = download?.url.text ?? '';
        if (download === undefined || download.file !== undefined || isCommitUrl(url) || isPrivateHost(hostOf(url) ?? 'not.private'))
          continue;
        const runner = piped(call).find(runsItsInput);
        const isRun =
          runner !== undefined ||
          RUN_AS_SCRIPT.test(file.text.slice(step.instruction.span.start, call.span.start).replace(/\\\r?\n/g, ' '));
        // What a substitution in `sh -c` calls is read twice.
        if (!isRun || seen.has(call.span.start)) continue;
        seen.add(call.span.start);
        const span = { start: call.span.start, end: runner?.word.span.end ?? call.span.end };
        yield reportOn(step.instruction, span, `what ${hostOf(url) ?? 'the server'} sends runs unseen: ${installerAdvice(url)}`);
      }
    }
  },
});

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
