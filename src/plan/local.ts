import type { Config } from '../config/index.ts';
import type { Fact } from '../base/index.ts';
import type { LocalPackage, Service } from '../service/index.ts';

/** The packages of the repository that are built and installed whole. */
export const localPackages = ({ python }: Service): readonly Fact<LocalPackage>[] =>
  (python.local ?? []).filter(({ value }) => value.folder !== '');

/**
 * The service's own package, where it is installed: its code stays where it lies, as with `pip install -e`. It is where
 * something asks for what only an installed package has: a console script is started, the source asks for its own
 * metadata, a requirements file names it.
 */
export function ownPackage({ python, application, start }: Service, config: Config): LocalPackage | undefined {
  const { project } = python;
  const named = (python.local ?? []).find(({ value }) => value.folder === '')?.value;
  if (config.installProject === false) return undefined;
  if (!project) return named;
  const command = config.command ?? start?.value;
  const startsScript = command === undefined ? application?.value.kind === 'console' : (command[0] ?? '') in project.value.scripts;
  const isWanted = config.installProject === true || startsScript || project.value.asksForItself === true || named !== undefined;
  return isWanted ? { ...named, name: project.value.name, folder: '' } : undefined;
}
