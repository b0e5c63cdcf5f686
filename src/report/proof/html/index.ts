import type { GateResult } from '../../../prove/index.ts';
import { TREEMAP_STYLE } from '../../inspect/treemap.ts';
import { escaped } from '../../markup.ts';
import { formatBytes } from '../../units.ts';
import type { ProofFormat, ProofReport } from '../types.ts';
import { counts, VERDICTS } from '../words.ts';
import { checks } from './checks.ts';
import { contents } from './contents.ts';
import { decisions, image } from './image.ts';
import { loadLine } from './mark.ts';
import { page } from './page.ts';
import { runs } from './runs.ts';

/** One page that says it all by itself, to show to people. */
export const html: ProofFormat = (report) =>
  page({
    title: `${report.title}: ${VERDICTS[report.proof.verdict]}`,
    body: `${head(report)}
<main>
${[checks(report), runs(report), contents(report), image(report), decisions(report)].filter(Boolean).join('\n')}
</main>`,
    ...(report.inspection ? { style: TREEMAP_STYLE } : {}),
    first: '#checks',
    skip: 'Skip to the checks',
    at: report.at,
    version: report.version,
    on: ', on the image with the digest above',
  });

function head(report: ProofReport): string {
  const { proof } = report;
  const allowed = proof.allowed.length > 0 ? ` Let through unproven: ${escaped(proof.allowed.join(', '))}.` : '';
  return `<header class="${proof.verdict}"><div class="verdict"><p class="kind">Proof of an image</p><h1>${escaped(report.title)} <span class="is">is</span> <em>${VERDICTS[proof.verdict]}</em></h1><p class="lede">${counts(proof.gates)}.${MEANS[proof.verdict]}${allowed}</p></div>${loadLine(proof.verdict)}<dl class="figures">${figures(report)}</dl></header>`;
}

const MEANS = {
  fit: '',
  unfit: ' A required check failed.',
  unproven: ' Nothing failed, but a required check could not be measured where this was made.',
} as const;

/** What people ask first. */
function figures({ proof, image: it }: ProofReport): string {
  const measured = (id: string): string | undefined => measuredOf(proof.gates.find((g) => g.id === id));
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['until it is ready', measured('ready-in-time')],
    ['until it has stopped', measured('sigterm')],
    ['unpacked', formatBytes(it.size.uncompressed)],
    ['to pull', formatBytes(it.size.compressed)],
  ];
  return rows.flatMap(([term, text]) => (text === undefined ? [] : [`<div><dt>${term}</dt><dd>${escaped(text)}</dd></div>`])).join('');
}

/** Of a failed check the figure would be how long was waited in vain. */
const measuredOf = (gate: GateResult | undefined): string | undefined =>
  gate?.outcome.outcome === 'passed' ? gate.outcome.measured?.text : undefined;
