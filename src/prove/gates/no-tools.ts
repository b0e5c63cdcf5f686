import { PACKAGE_MANAGERS, SHELLS, type ImageTree, type TreeEntry } from '../../image/index.ts';
import { placesIn } from '../layer-place.ts';
import { failed, gate, listed, passed, seen, skipped } from '../outcome.ts';
import { count } from '../quantity.ts';
import { whyShellIsNeeded } from '../start/needs-shell.ts';

export const noTools = gate({
  id: 'no-tools',
  level: 'advised',
  promise: 'No shell and no package manager lies in the image, unless it needs a shell to start.',
  why: 'They are of no use to the service, and of much to whoever gets into it: a shell to look around with, a package manager to bring the rest.',
  source:
    'NIST SP 800-190, 4.1.2; Google, "Distroless" container images; CIS Docker Benchmark 4.3, "Ensure that unnecessary packages are not installed"',
  needs: [],
  limit: () => count(0, 'tool'),
  async measure(subject) {
    const tree = await subject.tree();
    const found = toolsIn(tree);
    const shells = found.filter(({ kind }) => kind === 'shell');
    const need = shells.length === 0 ? undefined : await whyShellIsNeeded(subject);
    const idle = need === undefined ? found : found.filter((it) => !shells.includes(it));
    const [first, ...rest] = idle;
    if (!first)
      return need === undefined
        ? passed([seen('searched', `${tree.entries.size} files and folders`)], { measured: count(0, 'tool') })
        : skipped(`it needs ${listed(shells.map(({ path }) => `\`/${path}\``))}, and has no other tool: ${need}`);
    const place = await placesIn(subject.image);
    const evidence = ({ entry, kind, path }: Tool) => seen(place(entry), entry.record.path === path ? kind : `${kind}, also \`/${path}\``);
    return failed(
      listed(idle.map(({ path, kind }) => `/${path} (${kind})`)),
      'let the last stage stand on an image without them (distroless; `base: bookworm` in plimsoll.yaml) and copy into it only what runs; pip goes with `RUN pip uninstall -y pip` after what it installs',
      [evidence(first), ...rest.map(evidence)],
      count(idle.length, 'tool'),
    );
  },
});

interface Tool {
  readonly path: string;
  readonly kind: 'shell' | 'package manager';
  /** What the path leads to. */
  readonly entry: TreeEntry;
}

/** Those that pip itself is, and brings itself back from. */
const MODULES = /\/(?:site|dist)-packages\/pip\/__init__\.pyc?$|\/lib(?:64)?\/python3[\d.]*\/ensurepip\/__init__\.pyc?$/;

function kindOf(path: string): Tool['kind'] | undefined {
  const program = /(?:^|\/)s?bin\/([^/]+)$/.exec(path)?.[1] ?? '';
  if (SHELLS.test(program)) return 'shell';
  return PACKAGE_MANAGERS.test(program) || MODULES.test(path) ? 'package manager' : undefined;
}

/** Each by the first of its names: `sh` is most often a link, and BusyBox has hundreds. */
function toolsIn(tree: ImageTree): readonly Tool[] {
  const found = new Map<string, Tool>();
  for (const path of tree.entries.keys()) {
    const kind = kindOf(path);
    const entry = kind && tree.entries.get(tree.resolve(path) ?? '');
    if (!kind || !entry || !isUsable(entry)) continue;
    const real = entry.record.path;
    if (!found.has(real) || path === real) found.set(real, { path: found.get(real)?.path ?? path, kind, entry });
  }
  return [...found.values()];
}

/** A program may be executed; a module is read. */
const isUsable = ({ record: { type, path, mode } }: TreeEntry): boolean =>
  (type === 'file' || type === 'hardlink') && (/\.pyc?$/.test(path) || (mode & 0o111) !== 0);
