import type { CauseFound, InspectedLayer, Inspection, KindFound, WasteGroup } from '../../inspect/index.ts';
import { writable } from '../markup.ts';
import { cut, wrap } from '../paint.ts';
import type { ReportStyle } from '../plan-report.ts';
import { formatBytes } from '../units.ts';

/** Causes that are told with their fix; the others are one line together. */
const SHOWN = 6;
/** Below this part of what a container sees a cause is not worth a fix. */
const WORTH = 0.002;
/** Columns of a figure: `999.9 MB`. */
const FIGURE = 9;

/** For a terminal: what the image weighs, what can go and how, what the rest is, and its layers. */
export function inspectLines(inspection: Inspection, style: ReportStyle): string[] {
  return [
    ...summary(inspection, style),
    ...section('What can go', causeLines(inspection, style), style),
    ...section('Pulled and never seen', wasteLines(inspection, style), style),
    ...section('What the rest is', inspection.other.map(kindLine), style),
    ...section('Layers', layerLines(inspection, style), style),
  ];
}

/** What can go of what a container sees, and what is pulled and never seen, as figures. */
function summary({ ref, platform, digest, size, layers, fileCount }: Inspection, { paint, width }: ReportStyle): string[] {
  const part = (bytes: number): string => `${Math.round((100 * bytes) / Math.max(1, size.content))} %`;
  const line = (label: string, bytes: number, note: string): string => `  ${figure(bytes)} ${part(bytes).padStart(5)}  ${label}${note}`;
  return [
    paint.bold(cut(shown(ref), width)),
    cut(`${platform}  ${digest}`, width),
    `${formatBytes(size.content)} in ${plural(layers.length, 'layer')} with ${plural(fileCount, 'file')}; ${formatBytes(size.compressed)} to pull`,
    '',
    paint.yellow(line('can go', size.avoidable, '')),
    paint.yellow(line('is pulled and never seen', size.waste, '')),
    line('remains', size.tree - size.avoidable, ''),
  ];
}

const section = (title: string, lines: readonly string[], { paint }: ReportStyle): string[] =>
  lines.length === 0 ? [] : ['', paint.bold(title), ...lines];

/** Names are the image's: no line end and no control character of theirs reaches the terminal. */
const shown = (text: string): string => writable(text).replaceAll(/\s+/g, ' ');

const figure = (bytes: number): string => formatBytes(bytes).padStart(FIGURE);
/** Digits in groups of three; Intl takes longer to load than an image to inspect. */
const plural = (count: number, noun: string): string =>
  `${String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ',')} ${noun}${count === 1 ? '' : 's'}`;

function causeLines(inspection: Inspection, style: ReportStyle): string[] {
  const bySize = inspection.causes.toSorted((a, b) => b.sizeBytes - a.sizeBytes);
  const worth = bySize.filter(({ sizeBytes }) => sizeBytes >= WORTH * inspection.size.tree).slice(0, SHOWN);
  const rest = bySize.filter((it) => !worth.includes(it));
  const small = rest.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
  return [
    ...worth.flatMap((found) => causeLine(found, inspection.layers, style)),
    ...(rest.length === 0
      ? []
      : [`  ${figure(small)}  ${style.paint.dim(cut(rest.map(({ cause }) => cause.title).join(', '), style.width - FIGURE - 4))}`]),
  ];
}

function causeLine({ cause, sizeBytes, layers: shares }: CauseFound, layers: readonly InspectedLayer[], style: ReportStyle): string[] {
  const [first, ...more] = shares;
  const others = more.length === 0 ? '' : ` and ${plural(more.length, 'other layer')}`;
  const cost = cause.cost === undefined ? '' : ` (costs ${cause.cost})`;
  return [
    `  ${figure(sizeBytes)}  ${cause.title}${cost}`,
    ...by(first === undefined ? '' : `${place(layers[first.layer])}${others}`, style),
    ...fixLines(cause.fix, cause.rule, style),
  ];
}

/** `Dockerfile:3 RUN apt-get …`, or the layer's number where no Dockerfile is known. */
function place(layer: InspectedLayer | undefined): string {
  if (layer === undefined) return '';
  const where = layer.line ? `${layer.line.file}:${layer.line.line}` : `layer ${layer.index + 1}`;
  return `${where}  ${layer.instruction}`.trim();
}

const INDENT = ' '.repeat(FIGURE + 4);

const by = (text: string, { paint, width }: ReportStyle): string[] =>
  text === '' ? [] : [INDENT + paint.dim(cut(shown(text), width - INDENT.length))];

function fixLines(fix: string, rule: string | undefined, { paint, width }: ReportStyle): string[] {
  const text = `fix: ${fix}${rule === undefined ? '' : ` (plimsoll explain ${rule})`}`;
  return wrap(text, width - INDENT.length).map((line) => INDENT + paint.yellow(line));
}

function wasteLines(inspection: Inspection, style: ReportStyle): string[] {
  const groups = inspection.waste;
  return groups
    .slice(0, SHOWN)
    .flatMap((group) => wasteLine(group, inspection.layers, style))
    .concat(
      groups.length > SHOWN
        ? [
            `  ${figure(groups.slice(SHOWN).reduce((total, it) => total + it.sizeBytes, 0))}  in ${groups.length - SHOWN} more pairs of layers`,
          ]
        : [],
    );
}

function wasteLine(
  { title, fix, rule, sizeBytes, files, layer, by: hider }: WasteGroup,
  layers: readonly InspectedLayer[],
  style: ReportStyle,
): string[] {
  return [
    `  ${figure(sizeBytes)}  ${title}: ${plural(files.length, 'file')}, ${cut(shown(`/${files[0]?.path ?? ''}`), 60)}`,
    ...by(`by ${place(layers[hider])}`, style),
    ...(layer === hider ? [] : by(`brought by ${place(layers[layer])}`, style)),
    ...fixLines(fix, rule, style),
  ];
}

const kindLine = ({ kind, sizeBytes, files }: KindFound): string =>
  `  ${figure(sizeBytes)}  ${kind === 'unknown' ? 'unexplained: no package and no usual place says what it is' : kind} (${plural(files, 'file')})`;

function layerLines({ layers, causes }: Inspection, { paint, width }: ReportStyle): string[] {
  const avoidable = (index: number): number =>
    causes
      .flatMap((it) => it.layers)
      .filter(({ layer }) => layer === index)
      .reduce((total, { sizeBytes }) => total + sizeBytes, 0);
  const head = `  ${'#'.padStart(3)} ${'size'.padStart(FIGURE)} ${'can go'.padStart(FIGURE)} ${'unseen'.padStart(FIGURE)}  `;
  const none = (bytes: number): string => (bytes === 0 ? '' : formatBytes(bytes)).padStart(FIGURE);
  return [
    paint.dim(head.trimEnd()),
    ...layers.map((layer) => {
      const start = `  ${String(layer.index + 1).padStart(3)} ${figure(layer.size.content)} ${none(avoidable(layer.index))} ${none(layer.wasteBytes)}  `;
      const where = layer.line ? `${layer.line.file}:${layer.line.line}  ` : '';
      return start + cut(shown(where + layer.instruction), Math.max(20, width - start.length));
    }),
  ];
}
