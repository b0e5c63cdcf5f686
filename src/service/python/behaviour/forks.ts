import { certain, type Fact } from '../../../base/index.ts';
import { reader } from '../../reader.ts';
import type { Running } from '../running.ts';
import { callsOf } from '../source/walk.ts';

const STARTS = new Set([
  'os.fork',
  'os.forkpty',
  'os.system',
  'os.popen',
  'os.posix_spawn',
  'os.spawnv',
  'pty.spawn',
  'pty.fork',
  'subprocess.run',
  'subprocess.Popen',
  'subprocess.call',
  'subprocess.check_call',
  'subprocess.check_output',
  'subprocess.getoutput',
  'multiprocessing.Process',
  'multiprocessing.Pool',
  'multiprocessing.Manager',
  'multiprocessing.pool.Pool',
  'concurrent.futures.ProcessPoolExecutor',
  'concurrent.futures.process.ProcessPoolExecutor',
  'asyncio.create_subprocess_exec',
  'asyncio.create_subprocess_shell',
  'socketserver.ForkingTCPServer',
  'anyio.run_process',
  'anyio.open_process',
]);

export const forks = reader({
  id: 'python/behaviour/forks',
  about: 'Calls that start child processes.',
  source: 'Python documentation, “Process management”, subprocess, multiprocessing',
  reads: ['**/*.py'],
  read({ modules, phases, program }: Running): Fact<true> | undefined {
    for (const module of modules)
      for (const site of callsOf(module))
        if (STARTS.has(program.qualify(site.call.callee, module) ?? '') && phases.of(site) !== 'never')
          return certain(true, module.file.at(site.call));
    return undefined;
  },
});
