import { readText, type Files } from '../base/index.ts';
import type { Lock } from '../build/index.ts';
import type { Plan } from '../plan/index.ts';
import type { Pins } from '../prove/index.ts';

const LOCK_FILE = 'plimsoll.lock';

/** How the content of a build was pinned. `lock` is the one that the build used; `architecture` as OCI names it. */
export async function pinsOf(plan: Pick<Plan, 'recipe'>, lock: Lock, architecture: string, files: Files): Promise<Pins> {
  const { base } = plan.recipe;
  const reference = base.kind === 'registry' ? base.reference : undefined;
  const locked = lock.bases?.find((it) => it.reference === reference && it.platform === `linux/${architecture}`);
  const isPinned = reference === undefined || locked !== undefined || reference.includes('@sha256:');
  const loose = isPinned ? [] : [`the base \`${reference}\` has no digest`];
  const ignored = await ignoredLock(files);
  return {
    debian: (lock.debian?.packages ?? [])
      .filter((it) => it.for === debianArchitecture(architecture))
      .map((it) => `${it.name} ${it.version}`),
    // The repository's own packages are as the repository has them; on an image dumb-init is a wheel, whose hashes the engine holds.
    python:
      (await pinnedPython(plan, lock, files)) +
      (plan.recipe.local ?? []).length +
      (lock.sources ?? []).length +
      (plan.recipe.own ? 1 : 0) +
      (reference !== undefined && plan.recipe.packages.includes('dumb-init') ? 1 : 0),
    ...(locked ? { base: { name: locked.reference, diffIds: locked.diffIds } } : {}),
    unpinned: [
      ...loose,
      ...(ignored === undefined ? [] : [`\`${ignored}\` keeps ${LOCK_FILE} out of the repository, so the next build resolves anew`]),
    ],
  };
}

/** Debian has names of its own for two of OCI's: dpkg's cputable. */
const debianArchitecture = (architecture: string): string =>
  ({ '386': 'i386', arm: 'armhf', ppc64le: 'ppc64el' })[architecture] ?? architecture;

async function pinnedPython({ recipe }: Pick<Plan, 'recipe'>, lock: Lock, files: Files): Promise<number> {
  if (lock.python) return exactLines(lock.python.requirements);
  const source = recipe.dependencies;
  switch (source?.kind) {
    case 'uv.lock':
    case 'poetry.lock':
    case 'pdm.lock':
    case 'pylock.toml':
      return [...(await readText(files, source.file)).matchAll(/^\[\[packages?\]\]\s*$/gm)].length;
    case 'Pipfile.lock':
      return [...(await readText(files, source.file)).matchAll(/^\s*"version": "==/gm)].length;
    case 'requirements':
      return exactLines((await Promise.all(source.files.map((file) => readText(files, file)))).join('\n'));
    default:
      return 0;
  }
}

const exactLines = (text: string): number => [...text.matchAll(/^[A-Za-z0-9][\w.-]*(\[[^\]]*\])?\s*===?\s*[^\s,;]+/gm)].length;

/** The line of .gitignore that leaves the lock out; the last that matches decides (gitignore(5)). */
async function ignoredLock(files: Files): Promise<string | undefined> {
  if (!(await files.list()).some((it) => it.type === 'file' && it.path === '.gitignore')) return undefined;
  let found: string | undefined;
  for (const [index, line] of (await readText(files, '.gitignore')).split(/\r?\n/).entries()) {
    const pattern = line.trim();
    if (pattern === '' || pattern.startsWith('#')) continue;
    const glob = pattern.replace(/^!/, '').replace(/^(\/|\*\*\/)/, '');
    const expression = glob
      .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
      .replaceAll(/\*+/g, '[^/]*')
      .replaceAll('?', '[^/]');
    if (new RegExp(`^${expression}$`).test(LOCK_FILE)) found = pattern.startsWith('!') ? undefined : `.gitignore:${index + 1}`;
  }
  return found;
}
