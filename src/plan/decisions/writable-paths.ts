import { inferred, type Because } from '../../base/index.ts';
import type { Service } from '../../service/index.ts';
import { decision, type Answer, type Context } from '../decision.ts';
import type { WritablePath } from '../types.ts';

/** Where the application lies in the image. */
export const APPLICATION_ROOT = '/app';

export const writablePaths = decision({
  id: 'writable-paths',
  question: 'Where may it write?',
  choices: { anywhere: 'a writable root: whoever breaks in may change the program' },
  why: 'The root is read-only in production (Kubernetes readOnlyRootFilesystem, Docker --read-only). What the service writes must be declared, so that it is mounted: a tmpfs for scratch, a volume for what is kept.',
  key: 'writable',
  decide(context): Answer {
    const paths = writablePathsOf(context);
    const says = paths.map((p) => (p.kind === 'volume' ? `${p.path} (kept)` : p.path)).join(', ');
    const [first, ...rest] = paths.flatMap((p) => [...p.because]);
    if (!first) throw new Error('/tmp is always there');
    const decidedBy = context.config.writable || context.config.volumes ? 'config' : paths.length > 1 ? 'detected' : 'default';
    return { choice: paths.map((p) => p.path).join(' '), says: `${says}; the rest is read-only`, because: [first, ...rest], decidedBy };
  },
});

/** The declared paths, one each, sorted; a path below another is left out. */
export function writablePathsOf({ config, service }: Pick<Context, 'config' | 'service'>): WritablePath[] {
  const found: WritablePath[] = [
    ...(config.volumes ?? []).map((path): WritablePath => ({ path, kind: 'volume', because: [{ from: 'config', name: 'volumes' }] })),
    ...(config.writable ?? []).map((path): WritablePath => ({ path, kind: 'tmpfs', because: [{ from: 'config', name: 'writable' }] })),
    { path: '/tmp', kind: 'tmpfs', because: [inferred('writable-paths/tmp', "scratch: Python's tempfile and many libraries use it")] },
    ...written(service),
  ];
  const kept: WritablePath[] = [];
  for (const p of found) if (!kept.some((k) => p.path === k.path || p.path.startsWith(`${k.path}/`))) kept.push(p);
  return kept.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function written(service: Service): WritablePath[] {
  return service.writes.flatMap(({ value, because }) => {
    const folder = folderOf(value);
    return folder === undefined ? [] : [{ path: folder, kind: 'tmpfs' as const, because: because as Because }];
  });
}

/**
 * The folder to mount for a file that is written. Undefined for the application's root itself, which a mount would
 * hide: the gate then names the path.
 */
function folderOf(path: string): string | undefined {
  const absolute = path.startsWith('/') ? path : `${APPLICATION_ROOT}/${path.replace(/^\.\//, '')}`;
  const isFolder = absolute.endsWith('/') || !/\.[A-Za-z0-9]+$/.test(absolute);
  const folder = isFolder ? absolute.replace(/\/+$/, '') : absolute.slice(0, absolute.lastIndexOf('/'));
  if (folder === '' || folder === APPLICATION_ROOT || folder.startsWith('/dev') || folder.startsWith('/proc') || folder.includes('..'))
    return undefined;
  return folder;
}
