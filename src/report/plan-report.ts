import { cite, type Fact } from '../base/index.ts';
import type { Decision, Plan } from '../plan/index.ts';
import { cut, type Paint } from './paint.ts';

export interface ReportStyle {
  readonly paint: Paint;
  /** Columns. */
  readonly width: number;
}

/** `weather-tracker 1.0.0: FastAPI, started as app.main:app`. */
export function headline(plan: Plan, { paint }: ReportStyle): string {
  const { service } = plan;
  const version = service.version ? ` ${service.version.value}` : '';
  const framework = service.framework ? FRAMEWORKS[service.framework.value] : 'Python';
  const port = plan.contract.ports[0];
  return `${paint.bold(`${service.name.value}${version}`)}: ${framework} service on ${pythonOf(plan)}${port ? `, port ${port.port}` : ''}`;
}

/** Of an image nobody knows it before its files are read. */
const pythonOf = ({ recipe }: Plan): string =>
  /^\d/.test(recipe.python.version) ? `Python ${recipe.python.version}` : 'the Python of its base';

const FRAMEWORKS = {
  fastapi: 'FastAPI',
  flask: 'Flask',
  django: 'Django',
  starlette: 'Starlette',
  aiohttp: 'aiohttp',
  litestar: 'Litestar',
  quart: 'Quart',
  sanic: 'Sanic',
  tornado: 'Tornado',
  bottle: 'Bottle',
  falcon: 'Falcon',
  dash: 'Dash',
  streamlit: 'Streamlit',
  celery: 'Celery',
  grpc: 'gRPC',
  script: 'a plain Python',
} as const;

/** A line per decision: what, the choice, and the first piece of evidence. */
export function decisionLines(decisions: readonly Decision[], { paint, width }: ReportStyle): string[] {
  const column = Math.max(...decisions.map((d) => d.id.length).filter((length) => length <= MAX_COLUMN));
  return decisions.map((d) => {
    const why = whyOf(d);
    const id = d.id.padEnd(column);
    const says = cut(d.says, width - id.length - 4);
    const room = width - id.length - says.length - 6;
    return `  ${paint.cyan(id)}  ${says}${room > 12 ? `  ${paint.dim(cut(why, room))}` : ''}`;
  });
}

/** Longer names, such as `dockerfile-health-check`, take their room on their own line alone. */
const MAX_COLUMN = 16;

/** The first piece of evidence, in a few words; empty where only a rule of ours speaks. */
export function whyOf(d: Decision): string {
  if (d.decidedBy === 'config') return 'plimsoll.yaml';
  return d.because[0].from === 'rule' ? '' : cite(d.because[0]);
}

/** All facts and decisions for people: `plimsoll plan`. */
export function planReport(plan: Plan, style: ReportStyle): string {
  const { paint } = style;
  const { service } = plan;
  const facts: (readonly [string, string, string])[] = [
    row('start', plan.contract.command.join(' '), service.application ?? service.start),
    ...(service.python.requires ? [row('requires-python', service.python.requires.value, service.python.requires)] : []),
    ...service.routes.filter((r) => r.health).map((r) => [`${r.health} endpoint`, `${r.method} ${r.path}`, cite(r.at)] as const),
    ...service.environment.map((e) => [`reads ${e.name}`, describeRead(e), cite(e.because[0])] as const),
    ...service.companions.map((c) => row('companion', `${c.value.kind}${c.value.optional ? ' (optional)' : ''}`, c)),
    ...service.problems.map((p) => ['problem', p.what, `${p.at.file}:${p.at.line ?? 1}`] as const),
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  const lines = [
    headline(plan, style),
    '',
    paint.bold('What it is'),
    ...facts.map(
      ([name, value, where]) =>
        `  ${paint.cyan(name.padEnd(width))}  ${cut(value, 80)}${where === '' ? '' : `  ${paint.dim(cut(where, Math.max(20, style.width - width - value.length - 6)))}`}`,
    ),
    '',
    paint.bold('What was decided'),
    ...decisionLines(plan.decisions, style),
    '',
    paint.dim('`plimsoll explain ID` says why a question matters and what the alternatives are; plimsoll.yaml overrides any of them.'),
  ];
  return `${lines.join('\n')}\n`;
}

const row = (name: string, value: string, fact: Fact<unknown> | undefined): readonly [string, string, string] => [
  name,
  value,
  fact ? cite(fact.because[0]) : '',
];

function describeRead(e: Plan['service']['environment'][number]): string {
  const parts = [
    e.required
      ? e.when === 'handler'
        ? 'needed by a route'
        : 'required'
      : e.default === undefined
        ? 'optional'
        : `default ${e.default === '' ? '""' : e.default}`,
  ];
  if (e.secret) parts.push('secret');
  return parts.join(', ');
}
