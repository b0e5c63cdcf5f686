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
    { text: 'FROM python:3.12\nHEALTHCHECK CMD curl -sf http://localhost || exit 1\n' },
    { text: 'FROM python:3.12\nHEALTHCHECK CMD curl -s http://localhost | grep -q ok\n' },
    { text: 'FROM python:3.12\nHEALTHCHECK CMD [ "$(curl -s -o /dev/null -w "%{http_code}" http://localhost)" = 200 ]\n' },
    { text: 'FROM python:3.12\nHEALTHCHECK CMD wget -q --spider http://localhost || exit 1\nHEALTHCHECK NONE\n' },
    { text: 'FROM redis:7\nHEALTHCHECK CMD redis-cli ping || exit 1\n' },
    { text: 'FROM python:3.12\nHEALTHCHECK CMD curl telnet://localhost:25 && echo ok || (echo bad; exit 1)\n' },
  ],
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
function swallowed({ calls }: Script, text: string): Span | undefined {
  const outer = calls.filter(({ inner }) => !inner);
  const last = outer.at(-1);
  if (last === undefined) return undefined;
  const isExitZero = last.program === 'exit' && last.args[0]?.text === '0';
  if (!isExitZero && !SAYS_NOTHING.has(last.program)) return undefined;
  if (outer.length === 1) return last.fate === 'ends' && !last.conditional && last.program !== 'exit' ? last.span : undefined;
  const operator = /(?:\|\||;|\n)\s*$/.exec(text.slice(0, last.span.start));
  const before = outer.at(-2);
  const isReached =
    operator?.[0].startsWith('||') === true
      ? before?.fate === 'lost to ||' || isExitZero
      : operator !== null &&
        !last.conditional &&
        !outer.some(({ program }) => program === 'set' || (program === 'exit' && program !== last.program));
  const hasOtherExit = outer.slice(0, -1).some(({ program, args }) => program === 'exit' && args[0]?.text !== '0');
  return isReached && !hasOtherExit && operator !== null ? { start: operator.index, end: last.span.end } : undefined;
}

/** curl whose status is all that is asked. */
function takesErrorPage(call: Call): boolean {
  const url = downloadOf(call)?.url.text ?? call.args.find(({ text }) => /^(?:localhost|127\.0\.0\.1)\b/.test(text))?.text;
  if (call.program !== 'curl' || url === undefined || /^(?!https?:)[a-z]+:\/\//.test(url)) return false;
  if (
    call.pipedInto !== undefined ||
    call.inner ||
    call.redirections.some(({ operator, target }) => operator === '>' && target.text !== '/dev/null')
  )
    return false;
  return !hasFlag(call, 'f', 'fail', 'fail-with-body', 'write-out') && !hasFlag(call, 'w');
}
