import type { Subject } from '../types.ts';
import { startArgv } from '../container/start.ts';
import { findProgram, shebangOf } from './executable.ts';
import { isShell, launchOf } from './launch.ts';
import { surroundingsOf } from './surroundings.ts';

/** Why a subject needs a shell to start, or to be asked for its health; undefined where it does not. */
export async function whyShellIsNeeded(subject: Subject): Promise<string | undefined> {
  const config = await subject.image.config();
  const argv = startArgv(config, subject.contract);
  const launch = launchOf(argv);
  if (launch.shell !== undefined || launch.programs.some(isShell)) return `the start command is ${JSON.stringify(argv)}`;
  if (config.config?.Healthcheck?.Test[0] === 'CMD-SHELL') return 'the health check is in shell form';
  const around = await surroundingsOf(subject);
  for (const program of launch.programs) {
    const found = findProgram(program, around);
    const words = found.ok ? shebangOf(await around.tree.read(found.path)) : undefined;
    if (found.ok && words?.some(isShell)) return `\`/${found.path}\` begins with \`#!${words.join(' ')}\``;
  }
  return undefined;
}
