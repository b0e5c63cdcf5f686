import { escaped } from '../../markup.ts';
import { whyOf } from '../../plan-report.ts';
import { formatBytes } from '../../units.ts';
import type { ProofReport } from '../types.ts';
import { bar } from './bars.ts';

/** What was judged: its name and config, and its size by layer. */
export function image({ image: it, proof: { contract } }: ProofReport): string {
  const rows: readonly (readonly [string, string])[] = [
    ['Name', it.ref],
    ['Digest', it.digest],
    ['Platform', it.platform],
    ['User', it.user === '' ? 'root' : it.user],
    ['Entrypoint', words(it.entrypoint)],
    ['Command', words(it.command)],
    ['Port', contract.ports.map(({ port, speaks }) => `${port} (${speaks})`).join(', ') || 'none'],
    ['Writable', contract.writablePaths.map(({ path }) => path).join(', ') || 'nothing'],
  ];
  const facts = rows.map(([term, text]) => `<div><dt>${term}</dt><dd>${escaped(text)}</dd></div>`);
  const largest = Math.max(1, ...it.layers.map(({ uncompressed }) => uncompressed));
  const layers = it.layers.map(
    (layer) =>
      `<li><span class="name">${escaped(layer.name)}</span><span class="size">${formatBytes(layer.uncompressed)} <span class="of">${formatBytes(layer.compressed)} to pull</span></span>${bar(layer.uncompressed / largest)}</li>`,
  );
  return `<section id="image"><h2>The image</h2><dl class="facts">${facts.join('')}</dl><h3>Size by layer <span class="count">${it.layers.length}</span></h3><ol class="layers">${layers.join('')}</ol></section>`;
}

const words = (argv: readonly string[]): string =>
  argv.length === 0 ? 'none' : argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');

/** What was decided on the way, folded. */
export function decisions({ decisions: all }: ProofReport): string {
  if (all.length === 0) return '';
  const rows = all.map((decision) => {
    const why = whyOf(decision);
    return `<div><dt>${escaped(decision.id)}</dt><dd>${escaped(decision.says)}${why === '' ? '' : `<span class="because">${escaped(why)}</span>`}</dd></div>`;
  });
  return `<section id="decisions"><h2>Decisions</h2><details class="plain"><summary>${rows.length} decisions, each with its reason</summary><dl class="facts">${rows.join('')}</dl></details></section>`;
}
