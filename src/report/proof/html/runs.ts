import type { SeenRun } from '../../../prove/index.ts';
import { escaped } from '../../markup.ts';
import { formatMs } from '../../units.ts';
import type { ProofReport } from '../types.ts';
import { byEnd } from '../words.ts';
import { lineCount, timeline } from './timeline.ts';

const TITLES: Readonly<Record<SeenRun['purpose'], string>> = { answers: 'Started and asked', stop: 'Started and told to stop' };

/** Each run as a drawing, as a table and as its log. Empty where nothing was run. */
export function runs({ proof }: ProofReport): string {
  if (proof.runs.length === 0) return '';
  return `<section id="runs"><h2>What happened when</h2>${proof.runs.map(run).join('')}</section>`;
}

function run(seen: SeenRun): string {
  const rows = byEnd(seen).map(
    ({ what, fromMs, atMs, says }) =>
      `<tr><td>${formatMs(atMs)}</td><td>${escaped(what)}${atMs > fromMs && what !== 'ready' ? `, took ${formatMs(atMs - fromMs)}` : ''}</td><td>${escaped(says)}</td></tr>`,
  );
  return `<div class="run"><h3>${TITLES[seen.purpose]}</h3><p class="meta">Times since the start of the entrypoint, ${seen.readOnlyRoot ? 'read-only root' : 'writable root'}.</p>${timeline(seen)}<details class="plain"><summary>Moments as a table</summary><table><thead><tr><th scope="col">After</th><th scope="col">What</th><th scope="col">Seen</th></tr></thead><tbody>${rows.join('')}</tbody></table></details>${log(seen.log)}</div>`;
}

function log(excerpt: SeenRun['log']): string {
  const { lines, leftOut } = excerpt;
  if (lines.length === 0) return '<p class="meta">It printed nothing.</p>';
  const half = leftOut === 0 ? lines.length : Math.ceil(lines.length / 2);
  const row = ({ atMs, stream, text }: (typeof lines)[number]): string =>
    `<li class="${stream}"><span class="time">${formatMs(atMs)}</span><span class="stream">${stream}</span><span class="text">${escaped(text)}</span></li>`;
  const gap = leftOut === 0 ? '' : `<li class="gap">${leftOut} more lines</li>`;
  return `<details class="plain"><summary>Log, ${lineCount(excerpt)}</summary><ol class="log">${lines.slice(0, half).map(row).join('')}${gap}${lines.slice(half).map(row).join('')}</ol></details>`;
}
