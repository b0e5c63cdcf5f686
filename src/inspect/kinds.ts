import type { FileFact, Kind } from './types.ts';

const INTERPRETER_PACKAGE =
  /^(?:lib)?python3?(?:[\d.]+)?(?:-(?:minimal|stdlib|distutils|lib2to3|venv))?(?:[\d.]+)?$|^nodejs$|^(?:openjdk|default-jre|ruby|php|perl)\b/;
const INTERPRETER =
  /(?:^|\/)(?:lib(?:64)?\/(?:python[23][\d.]*\/|libpython[23])|bin\/(?:python[23]?[\d.]*|node|java|ruby|php|perl)$)|^usr\/(?:local\/)?(?:lib\/jvm|include\/node|lib\/ruby)\//;
const DEPENDENCIES = /(?:^|\/)(?:(?:site|dist)-packages|node_modules|vendor\/bundle|gems)\//;
const SYSTEM =
  /^(?:usr|etc|bin|sbin|lib(?:32|64|x32)?|var\/(?:lib|log|spool|mail|backups|local|opt|lock|run)|boot|run|dev|proc|sys|media|mnt)(?:\/|$)/;
const APPLICATION = /^(?:app|srv|opt|home|code|workspace|data|function|var\/(?:task|www))(?:\/|$)/;

/** What a file is of: by its package, else by its place. `workingDir`: the config's, relative. `hasPackages`: a database says which files are packages'. */
export function kindOf({ path, owner }: FileFact, workingDir: string, hasPackages: boolean): Kind {
  if (owner && owner.by !== 'python') return INTERPRETER_PACKAGE.test(owner.name) ? 'interpreter' : 'system packages';
  if (owner || DEPENDENCIES.test(path)) return 'dependencies';
  if (INTERPRETER.test(path)) return 'interpreter';
  if ((workingDir !== '' && path.startsWith(`${workingDir}/`)) || APPLICATION.test(path)) return 'application';
  if (!SYSTEM.test(path)) return workingDir === '' && !path.startsWith('root/') ? 'application' : 'unknown';
  // What no package owns up to below /usr was put there by hand; /etc and the databases themselves come of scripts.
  return hasPackages && /^usr\//.test(path) ? 'unknown' : 'system packages';
}
