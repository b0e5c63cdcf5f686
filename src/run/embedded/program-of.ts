import { UserError } from '../../base/index.ts';
import type { ImageConfig } from '../../image/index.ts';
import { IDLE_PATH } from '../idle.ts';
import type { RunOptions } from '../types.ts';
import { containerEnvironment } from './environment.ts';
import type { Program } from './process.ts';
import type { ContainerUser } from '../user.ts';

/** What the image's config and the options say to run. Throws UserError when neither names a program. */
export function programOf(config: NonNullable<ImageConfig['config']>, options: RunOptions, hostname: string, user: ContainerUser): Program {
  const argv = options.argv === 'idle' ? [IDLE_PATH] : (options.argv ?? [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])]);
  if (argv.length === 0) throw new UserError('the image names no program to start', 'give it an ENTRYPOINT or a CMD');
  return {
    argv,
    workingDir: config.WorkingDir || '/',
    environment: containerEnvironment(config.Env ?? [], options.environment, hostname, user),
    user,
  };
}
