import type { Inspection } from '../../inspect/index.ts';
import { escaped } from '../markup.ts';
import { formatBytes } from '../units.ts';
import { squarify, type Cell } from './squarify.ts';

/** A part of the image, with what it is made of. */
export interface Part {
  readonly id: string;
  readonly title: string;
  readonly sizeBytes: number;
  /** `goes`: nobody needs it; `costs`: something is given up with it; `stays`. */
  readonly fate: 'goes' | 'costs' | 'stays';
  readonly fix?: string;
  readonly folders: readonly { readonly path: string; readonly sizeBytes: number }[];
}

/** Folders of a part that are drawn by themselves. */
const FOLDERS = 12;
/** Names of a folder's path that are kept. */
const DEPTH = 4;
/** Width of the picture divided by its height, on a screen that is neither wide nor narrow. */
const ASPECT = 1.7;

/** All content of the image in parts, largest first: causes, what is hidden, and the rest by what it is. */
export function partsOf(inspection: Inspection): readonly Part[] {
  const folders = new Map<string, Map<string, number>>();
  const add = (part: string, path: string, sizeBytes: number): void => {
    const folder = path.split('/').slice(0, -1).slice(0, DEPTH).join('/');
    const sums = folders.get(part) ?? new Map<string, number>();
    folders.set(part, sums.set(folder, (sums.get(folder) ?? 0) + sizeBytes));
  };
  const taken = new Map<string, number>();
  for (const { cause, files } of inspection.causes)
    for (const { file, sizeBytes } of files) {
      add(cause.id, file.path, sizeBytes);
      taken.set(file.path, sizeBytes);
    }
  for (const { path, sizeBytes, kind } of inspection.files()) {
    const left = sizeBytes - (taken.get(path) ?? 0);
    if (left > 0) add(kind, path, left);
  }
  for (const { files } of inspection.waste) for (const { path, sizeBytes } of files) add('waste', path, sizeBytes);
  const part = (id: string, title: string, sizeBytes: number, fate: Part['fate'], fix?: string): Part => ({
    id: id.replaceAll(' ', '-'),
    title,
    sizeBytes,
    fate,
    ...(fix === undefined ? {} : { fix }),
    folders: largest(folders.get(id) ?? new Map<string, number>()),
  });
  const parts = [
    ...inspection.causes.map(({ cause, sizeBytes }) =>
      part(cause.id, cause.title, sizeBytes, cause.cost === undefined ? 'goes' : 'costs', cause.fix),
    ),
    ...(inspection.size.waste > 0 ? [part('waste', 'pulled and never seen', inspection.size.waste, 'goes', inspection.waste[0]?.fix)] : []),
    ...inspection.other.map(({ kind, sizeBytes }) => part(kind, kind === 'unknown' ? 'unexplained' : kind, sizeBytes, 'stays')),
  ];
  return parts.filter(({ sizeBytes }) => sizeBytes > 0).toSorted((a, b) => b.sizeBytes - a.sizeBytes);
}

function largest(sums: ReadonlyMap<string, number>): Part['folders'] {
  const sorted = [...sums].map(([path, sizeBytes]) => ({ path, sizeBytes })).toSorted((a, b) => b.sizeBytes - a.sizeBytes);
  const rest = sorted.slice(FOLDERS).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return [...sorted.slice(0, FOLDERS), ...(rest > 0 ? [{ path: '…', sizeBytes: rest }] : [])];
}

/** The parts as a picture: each a link to its row, `#part-ID`. Its height is the page's to say. */
export function treemap(parts: readonly Part[]): string {
  const cells = squarify(
    parts.map(({ sizeBytes }) => sizeBytes),
    { x: 0, y: 0, width: 100, height: 100 },
    ASPECT,
  );
  return `<svg class="treemap" role="group" aria-label="What the image is made of, by size">${parts.map((part, index) => drawn(part, cells[index]!)).join('')}</svg>`;
}

/** A nested picture cuts off what does not fit. */
function drawn({ id, title, sizeBytes, fate, folders }: Part, cell: Cell): string {
  const inner = squarify(
    folders.map((it) => it.sizeBytes),
    { x: 0, y: 0, width: 100, height: 100 },
    (ASPECT * cell.width) / Math.max(cell.height, 1e-9),
  );
  const lines = inner.map(
    (it, index) =>
      `<rect ${at(it)}><title>${escaped(`/${folders[index]!.path}: ${formatBytes(folders[index]!.sizeBytes)}`)}</title></rect>`,
  );
  const label =
    cell.width > 12 && cell.height > 10
      ? `<text x="8" y="20">${escaped(title)}</text><text x="8" y="38" class="size">${formatBytes(sizeBytes)}</text>`
      : '';
  return `<a href="#part-${id}" class="${fate}"><title>${escaped(title)}, ${formatBytes(sizeBytes)}</title><svg ${at(cell)}>${lines.join('')}${label}</svg></a>`;
}

const at = ({ x, y, width, height }: Cell): string =>
  `x="${x.toFixed(3)}%" y="${y.toFixed(3)}%" width="${width.toFixed(3)}%" height="${height.toFixed(3)}%"`;

/** What the picture is read by, and by those who do not see it: a row for each part. */
export function partsTable(parts: readonly Part[]): string {
  const rows = parts.map(
    ({ id, title, sizeBytes, fate, fix }) =>
      `<tr id="part-${id}" tabindex="-1" class="${fate}"><th scope="row">${escaped(title)}</th><td>${formatBytes(sizeBytes)}</td><td>${fix === undefined ? FATES[fate] : escaped(fix)}</td></tr>`,
  );
  return `<table class="parts"><thead><tr><th scope="col">part</th><th scope="col">size</th><th scope="col">what to do</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

const FATES: Readonly<Record<Part['fate'], string>> = { goes: 'it can go', costs: 'it can go, at a cost', stays: 'it stays' };

export const TREEMAP_STYLE = `
.treemap{width:100%;height:clamp(18rem,60vw,34rem);margin-block:1rem;overflow:hidden;stroke:none}
.treemap rect{fill:var(--sea);fill-opacity:.14;stroke:var(--paper);stroke-width:1.5}
.treemap .goes rect{fill:var(--alarm);fill-opacity:.2}
.treemap .costs rect{fill:var(--alarm);fill-opacity:.1}
.treemap svg{overflow:hidden}
.treemap text{fill:var(--ink);font-weight:600;pointer-events:none}
.treemap .size{font-weight:400}
.treemap a:hover rect,.treemap a:focus-visible rect{fill-opacity:.34}
.treemap a:focus-visible{outline:3px solid var(--sea);outline-offset:-3px}
.parts{width:100%;border-collapse:collapse}
.parts th,.parts td{text-align:left;vertical-align:top;padding:.5rem .75rem .5rem 0;border-top:1px solid var(--line);font-weight:400;overflow-wrap:anywhere}
.parts td:nth-child(2){white-space:nowrap}
.parts .goes th{color:var(--alarm);font-weight:600}
.parts tr:target{background:var(--tint)}
`;
