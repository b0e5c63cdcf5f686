import { escaped } from '../markup.ts';
import { page } from '../proof/html/page.ts';
import { listsOf } from './lists.ts';
import { compareRows } from './rows.ts';
import type { Comparison } from './types.ts';
import { isSame, sentence } from './verdict.ts';

/** One page that shows both side by side; `at` and `version`: when and by what it was made. */
export function compareHtml(comparison: Comparison, { at, version }: { readonly at: Date; readonly version: string }): string {
  const { before, after, regressions } = comparison;
  const verdict = regressions.length > 0 ? 'unfit' : 'fit';
  const body = `<header class="${verdict}"><div class="verdict"><p class="kind">Two images side by side</p><h1>${escaped(headline(comparison))}</h1><p class="lede">${escaped(before.ref)} and ${escaped(after.ref)}: ${escaped(sentence(comparison))}.</p></div></header>
<main>
${[worse(comparison), table(comparison), ...listsOf(comparison).map(list)].filter(Boolean).join('\n')}
</main>`;
  return page({ title: `${before.ref} and ${after.ref}`, body, first: '#table', skip: 'Skip to the table', at, version });
}

function headline(comparison: Comparison): string {
  if (comparison.regressions.length > 0) return comparison.regressions.length === 1 ? 'One thing got worse' : 'Some things got worse';
  return isSame(comparison) ? 'No difference' : 'Different, and not worse';
}

function worse({ regressions }: Comparison): string {
  if (regressions.length === 0) return '';
  const rows = regressions.map(({ what, says }) => `<div><dt>${escaped(what)}</dt><dd>${escaped(says)}</dd></div>`);
  return `<section id="worse"><h2>Worse</h2><dl class="facts">${rows.join('')}</dl></section>`;
}

function table(comparison: Comparison): string {
  const bad = new Set(comparison.regressions.map(({ what }) => what));
  const rows = compareRows(comparison).map(
    ({ what, before, after, change }) =>
      `<tr${bad.has(what) ? ' class="worse"' : ''}><th scope="row">${escaped(what)}</th><td>${escaped(before)}</td><td>${escaped(after)}</td><td>${bad.has(what) ? 'worse ' : ''}${escaped(change)}</td></tr>`,
  );
  return `<section id="table" tabindex="-1"><h2>Figures</h2><table class="sides"><thead><tr><td></td><th scope="col">before</th><th scope="col">after</th><th scope="col">change</th></tr></thead><tbody>${rows.join('')}</tbody></table></section>`;
}

/** All lines, folded where they are many. */
const list = ({ title, lines }: { readonly title: string; readonly lines: readonly string[] }): string =>
  `<section><details class="plain"${lines.length <= 12 ? ' open' : ''}><summary>${escaped(title)}</summary><pre class="lines">${escaped(lines.join('\n'))}</pre></details></section>`;
