import { replace } from '../../dockerfile/index.ts';
import { flagValue, type Call, type ShellWord } from '../script/index.ts';
import { allSteps, type Stage } from '../stages/index.ts';
import { rule } from '../types.ts';
import { reportOn } from './parts/report.ts';
import { startedCalls, startedImage } from './parts/service.ts';
import { argumentSpan } from './parts/spans.ts';

/** Options that name the port, or the address with it, on which a program listens (their manuals). */
const OPTIONS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^(?:uvicorn|fastapi|daphne|granian|streamlit|jupyter|mlflow|airflow|http-server|vite|next|serve)$/, ['port', 'server.port']],
  [/^(?:gunicorn|hypercorn)$/, ['b', 'bind']],
  [/^(?:flask|rails|puma|rackup|thin|daphne|next|http-server|serve|waitress-serve)$/, ['p', 'port']],
  [/^serve$/, ['l', 'listen']],
  [/^php$/, ['S']],
];

export const exposeOtherPort = rule({
  id: 'expose-other-port',
  aliases: [],
  presets: ['recommended'],
  severity: 'warning',
  fixes: 'unsafe',
  summary: 'EXPOSE names the port that the start command listens on.',
  why: 'Docker publishes, and other programs read, what EXPOSE says: there nobody answers.',
  source: 'Dockerfile reference, "EXPOSE"; the manuals of the servers',
  examples: [
    {
      text: 'FROM python:3.12-slim\nEXPOSE «5000»\nCMD ["gunicorn", "-b", "0.0.0.0:8000", "app:app"]\n',
      fixed: 'FROM python:3.12-slim\nEXPOSE 8000\nCMD ["gunicorn", "-b", "0.0.0.0:8000", "app:app"]\n',
    },
    { text: 'FROM python:3.12-slim\nEXPOSE «80 443»\nCMD uvicorn app:app --host 0.0.0.0 --port 8000\n' },
    {
      text: 'FROM python:3.12-slim\nENV PORT=8080\nEXPOSE «8000/tcp»\nCMD uvicorn app:app --port $PORT\n',
      fixed: 'FROM python:3.12-slim\nENV PORT=8080\nEXPOSE 8080/tcp\nCMD uvicorn app:app --port $PORT\n',
    },
    { text: 'FROM python:3.12-slim\nEXPOSE 8000 9090\nCMD ["gunicorn", "-b", "0.0.0.0:8000", "app:app"]\n' },
    { text: 'FROM python:3.12-slim\nEXPOSE 8000-8010\nCMD ["uvicorn", "app:app", "--port=8005"]\n' },
    { text: 'FROM python:3.12-slim\nEXPOSE $PORT\nCMD ["uvicorn", "app:app", "--port", "8005"]\n' },
    { text: 'FROM python:3.12-slim\nEXPOSE 8000\nCMD ["gunicorn", "-b", "unix:/run/app.sock", "-p", "app.pid", "app:app"]\n' },
    { text: 'FROM debian:12\nEXPOSE 8000\nCMD ["ssh-tunnel", "--port", "22"]\n' },
  ],
  mentions: /\bexpose\b/i,
  *detect(subject) {
    for (const { stage, start } of startedImage(subject)) {
      const ports = new Set(startedCalls(start).flatMap((call) => portsIn(call, stage)));
      const [port] = ports;
      const exposes = allSteps(stage).flatMap(({ instruction }) => (instruction.name === 'EXPOSE' ? [instruction] : []));
      const words = exposes.flatMap(({ args }) => (args.form === 'words' ? args.words : []));
      if (port === undefined || ports.size > 1 || words.length === 0 || words.some(({ text }) => mayBe(text, port))) continue;
      const instruction = exposes[0];
      const [word] = words;
      if (instruction === undefined || word === undefined) continue;
      const tcp = /^\d+(\/tcp)?$/.exec(word.text);
      const fix =
        words.length === 1 && tcp !== null ? { title: 'name that port', edits: [replace(word.span, `${port}${tcp[1] ?? ''}`)] } : undefined;
      yield reportOn(instruction, argumentSpan(instruction), `the start command listens on ${port}, which no EXPOSE names`, fix);
    }
  },
});

/** `8000`, `8000/tcp`, `8000-8010`; what holds a variable may be any port. */
function mayBe(text: string, port: number): boolean {
  const [, from, to] = /^(\d+)(?:-(\d+))?(?:\/tcp)?$/i.exec(text) ?? [];
  if (from === undefined) return !/^\d+(?:-\d+)?\/(?:udp|sctp)$/i.test(text);
  return Number(from) <= port && port <= Number(to ?? from);
}

function portsIn(call: Call, stage: Stage): readonly number[] {
  const runserver = call.args.findIndex(({ text }) => text === 'runserver');
  const options = OPTIONS.filter(([program]) => program.test(call.program)).flatMap(([, names]) => names);
  const values: readonly (ShellWord | undefined)[] = [
    ...options.map((name) => flagValue(call, name)),
    ...(runserver === -1 ? [] : call.args.slice(runserver + 1).filter(({ text }) => /^(?:[\w.[\]*]*:)?\d+$/.test(text))),
    ...call.args.flatMap((word) =>
      call.program === 'java' && /^(?:-D|--)server\.port=/.test(word.text) ? [{ ...word, text: word.text.replace(/^.*=/, '') }] : [],
    ),
  ];
  return values.flatMap((value) => {
    const [, digits] = /(?:^|:)(\d{2,5})$/.exec(withVariable(value?.text ?? '', stage)) ?? [];
    return digits === undefined ? [] : [Number(digits)];
  });
}

/** `$PORT` at the end, as ENV sets it. */
function withVariable(text: string, stage: Stage): string {
  const [whole = '', name] = /\$\{?([A-Za-z_]\w*)(?::-\d+)?\}?$/.exec(text) ?? [];
  if (name === undefined) return text;
  const value = allSteps(stage)
    .flatMap(({ instruction: { name: keyword, args } }) => (keyword === 'ENV' && args.form === 'pairs' ? args.pairs : []))
    .findLast((pair) => pair.name === name)?.value;
  return value === undefined ? text : text.slice(0, -whole.length) + value;
}
