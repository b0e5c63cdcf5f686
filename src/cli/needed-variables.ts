import { isSecretName, readText } from '../base/index.ts';
import { declaredVariables, mayDeclareVariables } from '../service/index.ts';
import type { Discovery, NeededVariable } from '../prove/index.ts';
import type { Project } from './project.ts';

/** Set by the container, or by whoever made its image. */
const EVERYWHERE = /^(HOME|PATH|PWD|USER|LOGNAME|HOSTNAME|SHELL|TERM|LANG|LC_\w+|TZ|TMPDIR|PYTHON\w*|XDG_\w+)$/;

/**
 * Variables that the service reads without a default, or that a failed start named, and that no file declares: plimsoll.yaml,
 * a compose file, a manifest of Kubernetes, an example of an environment file. They have no values.
 */
export async function neededVariables(project: Project, { named }: Discovery): Promise<readonly NeededVariable[]> {
  const declared = await declaredIn(project);
  const inSource = project.plan.contract.environment
    .filter((it) => it.value === undefined && it.default === undefined && !declared.has(it.name) && !EVERYWHERE.test(it.name))
    .map(({ name, required, secret }): NeededVariable => ({ name, need: required ? 'required' : 'optional', secret, from: 'source' }));
  const known = new Set(inSource.map(({ name }) => name));
  const inStart = named
    .filter((name) => !known.has(name))
    .map((name): NeededVariable => ({ name, need: 'required', secret: isSecretName(name), from: 'start' }));
  const all = inSource.map((it): NeededVariable => (named.includes(it.name) ? { ...it, need: 'required' } : it));
  return [...all, ...inStart].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function declaredIn({ files, config }: Project): Promise<ReadonlySet<string>> {
  const declared = new Set(Object.keys({ ...config.environment, ...config.variables, ...config.prove?.env }));
  for (const { path, type } of await files.list())
    if (type === 'file' && mayDeclareVariables(path) && path !== 'plimsoll.yaml')
      for (const name of declaredVariables(path, await readText(files, path))) declared.add(name);
  return declared;
}
