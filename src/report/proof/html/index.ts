import type { GateResult } from '../../../prove/index.ts';
import { TREEMAP_STYLE } from '../../inspect/treemap.ts';
import { escaped } from '../../markup.ts';
import { formatBytes } from '../../units.ts';
import type { ProofFormat, ProofReport } from '../types.ts';
import { counts, VERDICTS } from '../words.ts';
import { checks } from './checks.ts';
import { decisions, image } from './image.ts';
import { loadLine } from './mark.ts';
import { runs } from './runs.ts';
import { POLICY, STYLE } from './style.ts';
import { contents } from './contents.ts';

/** One page that says it all by itself, to show to people. */
export const html: ProofFormat = (report) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escaped(report.title)}: ${VERDICTS[report.proof.verdict]}</title>
<style>${STYLE}${report.inspection ? TREEMAP_STYLE : ''}</style>
</head>
<body>
<a class="skip" href="#checks">Skip to the checks</a>
${head(report)}
<main>
${[checks(report), runs(report), contents(report), image(report), decisions(report)].filter(Boolean).join('\n')}
</main>
<footer><p>Measured by Plimsoll ${escaped(report.version)} on <time datetime="${report.at.toISOString()}">${report.at.toISOString().slice(0, 16).replace('T', ' ')} UTC</time>, on the image with the digest above.</p></footer>
</body>
</html>
`;

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
