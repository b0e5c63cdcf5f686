import type { Inspection } from '../../inspect/index.ts';
import { writable } from '../markup.ts';
import { cut, type Paint } from '../paint.ts';
import { formatBytes } from '../units.ts';

/** What browsing shows: a list, what of it is chosen, and where one came from. */
export interface BrowseState {
  /** Empty: the layers; else the layer's number and the folders that were entered. */
  readonly path: readonly string[];
  readonly chosen: number;
  readonly ended: boolean;
}

export interface BrowseEntry {
  readonly name: string;
  readonly sizeBytes: number;
  readonly isFolder: boolean;
  /** The cause that takes a file, or why nobody sees it. */
  readonly note: string;
}

export const START: BrowseState = { path: [], chosen: 0, ended: false };

/** What lies at a path, most bytes first. `list` is called anew at each key, so it remembers what it made. */
export function browser(inspection: Inspection): (path: readonly string[]) => readonly BrowseEntry[] {
  const made = new Map<string, readonly BrowseEntry[]>();
  const files = inspection.files().map(({ path, sizeBytes, layer, cause }) => ({ path, sizeBytes, layer, note: cause ?? '' }));
  const hidden = inspection.waste.flatMap(({ how, files: gone }) =>
    gone.map(({ path, sizeBytes, layer }) => ({ path, sizeBytes, layer, note: how })),
  );
  const all = [...files, ...hidden];
  const layers: readonly BrowseEntry[] = inspection.layers.map(({ index, size, line, instruction }) => ({
    name: `${index + 1}`,
    sizeBytes: size.content,
    isFolder: true,
    note: `${line ? `${line.file}:${line.line} ` : ''}${instruction}`,
  }));
  const listed = ([layer, ...folders]: readonly string[]): readonly BrowseEntry[] => {
    const prefix = folders.length === 0 ? '' : `${folders.join('/')}/`;
    const found = new Map<string, BrowseEntry>();
    for (const { path, sizeBytes, layer: of, note } of all) {
      if (String(of + 1) !== layer || !path.startsWith(prefix)) continue;
      const slash = path.indexOf('/', prefix.length);
      const isFolder = slash >= 0;
      const name = path.slice(prefix.length, isFolder ? slash : undefined);
      const before = found.get(`${name}${isFolder ? '/' : note}`);
      found.set(`${name}${isFolder ? '/' : note}`, {
        name,
        isFolder,
        note: isFolder ? '' : note,
        sizeBytes: sizeBytes + (before?.sizeBytes ?? 0),
      });
    }
    return [...found.values()].toSorted((a, b) => b.sizeBytes - a.sizeBytes || (a.name < b.name ? -1 : 1));
  };
  return (path) => {
    if (path.length === 0) return layers;
    const key = path.join('/');
    const known = made.get(key) ?? listed(path);
    made.set(key, known);
    return known;
  };
}

/** What a key does: names as Node's readline has them. */
export function pressed(state: BrowseState, key: string, entries: readonly BrowseEntry[]): BrowseState {
  const to = (chosen: number): BrowseState => ({ ...state, chosen: Math.max(0, Math.min(entries.length - 1, chosen)) });
  switch (key) {
    case 'up':
      return to(state.chosen - 1);
    case 'down':
      return to(state.chosen + 1);
    case 'pageup':
      return to(state.chosen - 10);
    case 'pagedown':
      return to(state.chosen + 10);
    case 'return':
    case 'right': {
      const entry = entries[state.chosen];
      return entry?.isFolder ? { ...state, path: [...state.path, entry.name], chosen: 0 } : state;
    }
    case 'left':
    case 'backspace':
      return state.path.length === 0 ? state : { ...state, path: state.path.slice(0, -1), chosen: 0 };
    case 'q':
    case 'escape':
      return { ...state, ended: true };
    default:
      return state;
  }
}

/** The screen, a line each: a head, the part of the list around what is chosen, and the keys. */
export function browseLines(
  state: BrowseState,
  entries: readonly BrowseEntry[],
  { paint, width, height }: { readonly paint: Paint; readonly width: number; readonly height: number },
): readonly string[] {
  const room = Math.max(1, height - 3);
  const first = Math.max(0, Math.min(state.chosen - Math.floor(room / 2), entries.length - room));
  const [layer, ...folders] = state.path;
  const head = layer === undefined ? 'Layers' : `Layer ${layer}  /${folders.join('/')}`;
  const line = (entry: BrowseEntry, index: number): string => {
    const text = `${formatBytes(entry.sizeBytes).padStart(9)}  ${entry.name}${entry.isFolder && layer !== undefined ? '/' : ''}${entry.note === '' ? '' : `  ${entry.note}`}`;
    const shown = cut(writable(text).replaceAll(/\s/g, ' '), width - 2);
    return first + index === state.chosen ? paint.bold(`> ${shown}`) : `  ${shown}`;
  };
  return [
    paint.bold(cut(writable(head).replaceAll(/\s/g, ' '), width)),
    ...(entries.length === 0 ? ['  nothing'] : entries.slice(first, first + room).map(line)),
    paint.dim(cut('arrows move, Enter opens, Backspace goes back, q ends', width)),
  ];
}
