import { cite, type Evidence } from '../../../base/index.ts';
import type { GateResult } from '../../../prove/index.ts';
import { escaped } from '../../markup.ts';
import { formatMs } from '../../units.ts';
import type { ProofReport } from '../types.ts';
import { besideWords, OUTCOMES, type OutcomeName } from '../words.ts';
import { gauge } from './bars.ts';
import { outcomeMark } from './mark.ts';
import { prose } from './prose.ts';

const TITLES: Readonly<Record<OutcomeName, string>> = {
  failed: 'To mend',
  unproven: 'Could not be measured',
  passed: 'Passed',
  skipped: 'Do not apply',
};

/** The checks, what is wrong first and open, the rest folded. */
export function checks({ proof }: ProofReport): string {
  const groups = OUTCOMES.flatMap((name) => {
    const gates = proof.gates.filter(({ outcome }) => outcome.outcome === name);
    if (gates.length === 0) return [];
    return [`<h3>${TITLES[name]} <span class="count">${gates.length}</span></h3>${gates.map((g) => check(g, proof.allowed)).join('')}`];
  });
  const rows = (proof.beside ?? []).map((it) => `<li><code>${escaped(it.name)}</code> ${escaped(besideWords(it))}</li>`).join('');
  const besides = rows === '' ? '' : `<h3>Beside it</h3><ul>${rows}</ul>`;
  return `<section id="checks" tabindex="-1"><h2>Checks</h2>${groups.join('')}${besides}</section>`;
}

function check(g: GateResult, allowed: readonly string[]): string {
  const { outcome } = g.outcome;
  const isOpen = outcome === 'failed' || outcome === 'unproven';
  const note = allowed.includes(g.id) ? 'let through' : g.required ? '' : 'advised, not required';
  return `<details class="check ${outcome}"${isOpen ? ' open' : ''}><summary>${outcomeMark(outcome)}<span class="what"><span class="name"><code>${escaped(g.id)}</code>${note === '' ? '' : ` <span class="of">${note}</span>`}</span><span class="promise">${prose(g.promise)}</span></span>${figure(g)}<span class="word">${outcome}</span></summary><div class="body">${body(g)}</div></details>`;
}

function figure(g: GateResult): string {
  const measured = 'measured' in g.outcome ? g.outcome.measured : undefined;
  if (!measured) return '<span class="figure"></span>';
  // A limit of none, such as `0 secrets`, is no scale.
  const limit = g.limit && g.limit.value > 0 ? ` <span class="of">of ${escaped(g.limit.text)}</span>` : '';
  return `<span class="figure">${escaped(measured.text)}${limit}${gauge(g)}</span>`;
}

function body(g: GateResult): string {
  const { outcome } = g;
  const parts: string[] = [];
  if (outcome.why !== undefined) parts.push(`<p class="why">${prose(outcome.why)}</p>`);
  if (outcome.outcome === 'failed') parts.push(`<p class="fix"><b>Fix</b> ${prose(outcome.fix)}</p>`);
  if (outcome.outcome === 'unproven') parts.push(`<p class="fix"><b>Remedy</b> ${prose(outcome.remedy)}</p>`);
  if ('evidence' in outcome) parts.push(`<dl class="evidence">${outcome.evidence.map(seen).join('')}</dl>`);
  const limit = g.limit ? `limit ${g.limit.text}, ` : '';
  parts.push(
    `<p class="meta">${escaped(limit)}judged in ${formatMs(g.tookMs)}, <code>plimsoll explain ${escaped(g.id)}</code> says why it matters</p>`,
  );
  return parts.join('');
}

/** What was seen, or where it is written. */
function seen(evidence: Evidence): string {
  if (evidence.from === 'run') return item(evidence.what, evidence.text);
  if (evidence.from === 'file') return item(`${evidence.file}:${evidence.range.start.line}`, evidence.text);
  return item(evidence.from, cite(evidence));
}

const item = (term: string, text: string): string => `<div><dt>${escaped(term)}</dt><dd><pre>${escaped(text)}</pre></dd></div>`;
