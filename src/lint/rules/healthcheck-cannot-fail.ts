import { replace, type Span } from '../../dockerfile/index.ts';
import { hasFlag, type Call, type Script } from '../script/index.ts';
import { lastOf } from '../stages/index.ts';
import { rule } from '../types.ts';
import { downloadOf } from './parts/downloads.ts';
import { reportOn } from './parts/report.ts';

/** Programs that say nothing of the service. */
const SAYS_NOTHING = new Set(['true', ':', 'echo', 'printf', 'sleep', 'date']);

export const healthcheckCannotFail = rule({
  id: 'healthcheck-cannot-fail',
  aliases: [],
  presets: ['recommended'],
  severity: 'error',
  fixes: 'unsafe',
  summary: 'HEALTHCHECK fails when the service does not answer well.',
  why: 'A check that passes whatever happens calls a broken service healthy. To curl an error page is an answer like any other, unless `--fail` says otherwise.',
  source: 'Dockerfile reference, "HEALTHCHECK"; curl(1), "--fail"',
  examples: [
    {
      text: 'FROM python:3.12\nHEALTHCHECK CMD «curl» http://localhost:8000/health || exit 1\n',
      fixed: 'FROM python:3.12\nHEALTHCHECK CMD curl -f http://localhost:8000/health || exit 1\n',
    },
    { text: 'FROM python:3.12\nHEALTHCHECK CMD ["«curl»", "-s", "http://localhost:8000"]\n' },
    { text: 'FROM python:3.12\nHEALTHCHECK CMD curl -f http://localhost «|| true»\n' },
    { text: 'FROM python:3.12\nHEALTHCHECK CMD wget -qO- http://localhost«; exit 0»\n' },
    { text: 'FROM python:3.12\nHEALTHCHECK CMD «echo ok»\n' },
    { text: 'FROM python:3.12\nHEALTHCHECK CMD ./check «|| echo bad»\n' },
    { text: 'FROM python:3.12\nHEALTHCHECK CMD ./check && echo good\nHEALTHCHECK CMD if ./check; then exit 1; else exit 0; fi\n' },
    { text: 'FROM python:3.12\nHEALTHCHECK CMD curl -sf http://localhost || exit 1\n' },
    { text: 'FROM python:3.12\nHEALTHCHECK CMD curl -s http://localhost | grep -q ok\n' },
    { text: 'FROM python:3.12\nHEALTHCHECK CMD [ "$(curl -s -o /dev/null -w "%{http_code}" http://localhost)" = 200 ]\n' },
    { text: 'FROM python:3.12\nHEALTHCHECK CMD wget -q --spider http://localhost || exit 1\nHEALTHCHECK NONE\n' },
    { text: 'FROM redis:7\nHEALTHCHECK CMD redis-cli ping || exit 1\n' },
    { text: 'FROM python:3.12\nHEALTHCHECK CMD curl telnet://localhost:25 && echo ok || (echo bad; exit 1)\n' },
  ],
  mentions: /\bhealthcheck\b/i,
  *detect({ file, stages }) {
    for (const stage of stages) {
      const step = stage.isLast ? lastOf(stage, 'HEALTHCHECK') : undefined;
      if (step === undefined) continue;
      const { instruction, script } = step;
      const never = swallowed(script, file.text);
      if (never !== undefined) {
        yield reportOn(instruction, never, 'this passes whatever happens: let the check end with the status of what it asks');
        continue;
      }
      for (const call of script.calls.filter(takesErrorPage)) {
        const isPlain = file.text.slice(call.word.span.start, call.word.span.end) === call.word.text;
        const fix = { title: 'add `-f`', edits: [replace({ start: call.word.span.end, end: call.word.span.end }, ' -f')] };
        const span = isPlain ? call.word.span : { start: call.word.span.start + 1, end: call.word.span.end - 1 };
        yield reportOn(instruction, span, 'curl takes an error page such as 500 for success: add `-f`', isPlain ? fix : undefined);
      }
    }
  },
});

/** What makes the end of a script good in any case: `|| true`, `; exit 0`, or a command that only speaks. */
function swallowed({ calls, text: script }: Script, text: string): Span | undefined {
  const outer = calls.filter(({ inner }) => !inner);
  const [before, last] = [outer.at(-2), outer.at(-1)];
  if (last === undefined || !saysNothing(last) || /\b(?:if|case|while|until|for)\b/.test(script)) return undefined;
  if (before === undefined) return last.span;
  // A failure may end it before: in `a && echo ok`, after `|| exit 1` or `set -e`.
  if (outer.slice(0, -1).some(({ program, fate }) => fate === 'ends' || program === 'exit' || program === 'set')) return undefined;
  const operator = /(?:\|\||;|\n)\s*$/.exec(text.slice(before.span.end, last.span.start));
  return operator === null ? undefined : { start: before.span.end + operator.index, end: last.span.end };
}

const saysNothing = ({ program, args }: Call): boolean => SAYS_NOTHING.has(program) || (program === 'exit' && args[0]?.text === '0');

/** curl whose status is all that is asked. */
function takesErrorPage(call: Call): boolean {
  const url = downloadOf(call)?.url.text ?? call.args.find(({ text }) => /^(?:localhost|127\.0\.0\.1)\b/.test(text))?.text;
  if (call.program !== 'curl' || url === undefined || /^(?!https?:)[a-z]+:\/\//.test(url)) return false;
  const isKept = call.redirections.some(({ operator, target }) => operator === '>' && target.text !== '/dev/null');
  return call.pipedInto === undefined && !call.inner && !isKept && !hasFlag(call, 'f', 'fail', 'fail-with-body', 'w', 'write-out');
}
