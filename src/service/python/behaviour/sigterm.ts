import { certain, likely, type Fact } from '../../../base/index.ts';
import { reader } from '../../reader.ts';
import type { Running } from '../running.ts';
import type { Module } from '../source/module.ts';
import { callsOf, type CallSite } from '../source/walk.ts';

/** What runs until SIGTERM and then ends (the manuals of these servers). */
const SERVERS = new Set([
  'uvicorn.run',
  'uvicorn.Server',
  'hypercorn.run.run',
  'hypercorn.asyncio.serve',
  'hypercorn.trio.serve',
  'aiohttp.web.run_app',
  'gunicorn.app.base.BaseApplication',
  'gunicorn.app.wsgiapp.run',
  'granian.Granian',
  'sanic.Sanic',
  'celery.Celery',
]);
const HANDLES = new Set(['signal.signal', 'signal.sigwait', 'signal.set_wakeup_fd']);

export const sigterm = reader({
  id: 'python/behaviour/sigterm',
  about: 'Whether the program itself ends on SIGTERM: it handles the signal, or a server that does so runs in it.',
  source: 'Python documentation, signal and asyncio, “Unix signals”; pid_namespaces(7)',
  reads: ['**/*.py'],
  read({ modules, phases, program }: Running): Fact<true> | undefined {
    for (const module of modules)
      for (const site of callsOf(module)) {
        if (phases.of(site) === 'never') continue;
        const name = program.qualify(site.call.callee, module) ?? '';
        if (SERVERS.has(name)) return certain(true, module.file.at(site.call));
        if ((HANDLES.has(name) || isLoopHandler(site, module)) && module.file.text.includes('SIGTERM'))
          return likely(true, module.file.at(site.call));
      }
    return undefined;
  },
});

const isLoopHandler = ({ call }: CallSite, { file }: Module): boolean =>
  file.text.slice(call.callee.from, call.callee.to).endsWith('.add_signal_handler');
