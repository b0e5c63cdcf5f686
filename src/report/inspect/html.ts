import type { InspectedLayer, Inspection } from '../../inspect/index.ts';
import { escaped } from '../markup.ts';
import { page } from '../proof/html/page.ts';
import { formatBytes } from '../units.ts';
import { partsOf, partsTable, treemap, TREEMAP_STYLE } from './treemap.ts';

/** `inspect --html`: one page without a script, which loads nothing; `at` and `version`: when and by what it was made. */
export function inspectHtml(inspection: Inspection, { at, version }: { readonly at: Date; readonly version: string }): string {
  const { ref, digest, platform, size, layers } = inspection;
  const parts = partsOf(inspection);
  const body = `<main>
<section><p class="kind">What an image is made of</p><h1>${formatBytes(size.content)}</h1>
<p class="lede">${escaped(ref)}, ${escaped(platform)}: ${formatBytes(size.avoidable)} can go, ${formatBytes(size.waste)} is pulled and never seen, ${formatBytes(size.compressed)} to pull.</p>
<p class="meta"><code>${escaped(digest)}</code></p></section>
<section id="parts" tabindex="-1"><h2>By size</h2>${treemap(parts)}${partsTable(parts)}</section>
<section><h2>Layers</h2><table class="parts"><thead><tr><th scope="col">layer</th><th scope="col">size</th><th scope="col">instruction</th></tr></thead><tbody>${layers.map(layerRow).join('')}</tbody></table></section>
</main>`;
  return page({
    title: `${ref}: what it is made of`,
    body,
    style: TREEMAP_STYLE,
    first: '#parts',
    skip: 'Skip to the parts',
    at,
    version,
  });
}

function layerRow({ index, size, line, instruction }: InspectedLayer): string {
  const where = line ? `<b>${escaped(`${line.file}:${line.line}`)}</b> ` : '';
  return `<tr><th scope="row">${index + 1}</th><td>${formatBytes(size.content)}</td><td>${where}<code>${escaped(instruction)}</code></td></tr>`;
}
