import { cite } from '../../base/index.ts';
import type { GateResult, Proof } from '../../prove/index.ts';
import type { ReportStyle } from '../plan-report.ts';
import { writable } from '../markup.ts';
import { wrap, type Paint } from '../paint.ts';
import { besideWords, counts, figure } from './words.ts';

const MARKS = { passed: '✓', failed: '✗', skipped: '–', unproven: '?' } as const;

/** A line per gate with its figure and limit; what failed or is unproven in full below it, the same reason once. */
export function gateLines(gates: readonly GateResult[], style: ReportStyle): string[] {
  const width = Math.max(...gates.map((g) => g.id.length));
  const said = new Map<string, string>();
  return gates.flatMap((g) => {
    const reason = g.outcome.outcome === 'unproven' ? `${g.outcome.why} ${g.outcome.remedy}` : '';
    const before = said.get(reason);
    if (before !== undefined) return [`  ${dye(style.paint, 'unproven')(MARKS.unproven)} ${g.id.padEnd(width)}  as ${before}`];
    if (reason !== '') said.set(reason, g.id);
    return gateLine(g, width, style);
  });
}

function gateLine(g: GateResult, width: number, { paint, width: columns }: ReportStyle): string[] {
  const { outcome } = g;
  const mark = dye(paint, outcome.outcome)(MARKS[outcome.outcome]);
  const head = `  ${mark} ${g.id.padEnd(width)}  `;
  if (outcome.outcome === 'passed') return [head + writable([figure(g), outcome.why].filter(Boolean).join('; ')) + paint.dim(seen(g))];
  const indent = ' '.repeat(width + 6);
  const why = wrap(writable(outcome.why), columns - width - 6);
  const lines = [head + [figure(g) === '' ? '' : `${figure(g)}: `, why[0] ?? ''].join(''), ...why.slice(1).map((line) => indent + line)];
  if (outcome.outcome === 'failed')
    lines.push(
      ...evidenceLines(g, indent, paint),
      ...wrap(writable(`fix: ${outcome.fix}`), columns - width - 6).map((line) => indent + paint.yellow(line)),
    );
  if (outcome.outcome === 'unproven')
    lines.push(...wrap(`could not be measured here: ${outcome.remedy}`, columns - width - 6).map((line) => indent + paint.yellow(line)));
  if (outcome.outcome === 'failed' && (!g.required || g.levelBy !== undefined))
    lines.push(...wrap(levelText(g), columns - width - 6).map((line) => indent + paint.dim(line)));
  return lines;
}

const levelText = (g: GateResult): string =>
  (g.required ? 'required' : 'advised, not required') + (g.levelBy === undefined ? '' : ` by the profile ${g.levelBy}`);

const dye = (paint: Paint, outcome: keyof typeof MARKS): ((text: string) => string) =>
  ({ passed: paint.green, failed: paint.red, skipped: paint.dim, unproven: paint.yellow })[outcome];

/** When there is neither figure nor words, the first piece of evidence speaks. */
function seen(g: GateResult): string {
  const { outcome } = g;
  if (outcome.outcome !== 'passed' || figure(g) !== '' || outcome.why !== undefined) return '';
  return writable(cite(outcome.evidence[0]));
}

function evidenceLines(g: GateResult, indent: string, paint: Paint): string[] {
  if (g.outcome.outcome !== 'failed') return [];
  return g.outcome.evidence.slice(0, 4).map((e) => indent + paint.dim(writable(`seen: ${cite(e)}`)));
}

/** What stood beside the service, and where that is said. */
export function besideLines({ beside = [] }: Proof, { paint }: ReportStyle): string[] {
  if (beside.length === 0) return [];
  return [
    '',
    paint.bold('Beside it'),
    ...beside.map((it) => `  ${it.stands ? paint.green('✓') : '–'} ${it.name.padEnd(18)} ${writable(besideWords(it))}`),
  ];
}

/** The verdict in one line, and what `unproven` means where the word appears. */
export function verdictLine(proof: Proof, { paint }: ReportStyle): string {
  const allowed = proof.allowed.length > 0 ? `; let through unproven: ${proof.allowed.join(', ')}` : '';
  if (proof.verdict === 'fit') return `${paint.green(paint.bold('fit'))}: ${counts(proof.gates)}${allowed}`;
  if (proof.verdict === 'unfit') return `${paint.red(paint.bold('not fit'))}: ${counts(proof.gates)}${allowed}`;
  return `${paint.yellow(paint.bold('unproven'))}: ${counts(proof.gates)}; nothing failed, but a required check could not be measured here${allowed}`;
}
