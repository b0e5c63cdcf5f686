import { certain, likely, type Fact } from '../../../base/index.ts';
import { reader } from '../../reader.ts';
import type { PortRead } from '../../types.ts';
import type { Running } from '../running.ts';
import { evaluate } from '../source/constant.ts';
import { argument, type Expression } from '../source/tree.ts';
import { GUNICORN_CONFIG } from '../files.ts';
import type { Module } from '../source/module.ts';
import { callsOf, type CallSite } from '../source/walk.ts';
import { portIn } from '../command.ts';

export const port = reader({
  id: 'python/behaviour/port',
  about: 'The port that the source listens on.',
  source: 'the manuals of uvicorn, hypercorn, waitress, Flask, aiohttp; Python documentation, socketserver, asyncio, socket',
  reads: ['**/*.py'],
  read(running: Running): Fact<PortRead> | undefined {
    for (const module of running.modules) {
      const found =
        gunicornBind(module, running) ??
        callsOf(module)
          .map((site) => listensOn(site, running))
          .find(Boolean);
      if (found) return found;
    }
    return undefined;
  },
});

/** `bind` in gunicorn.conf.py: gunicorn's manual, “Configuration File”. */
function gunicornBind(module: Module, running: Running): Fact<PortRead> | undefined {
  if (module.path !== GUNICORN_CONFIG) return undefined;
  const s = module.body.find((b) => b.kind === 'assign' && b.targets.some((t) => t.kind === 'name' && t.name === 'bind'));
  const known = s?.kind === 'assign' && s.value ? evaluate(s.value, { module, program: running.program, functions: [] }) : undefined;
  const value = typeof known?.value === 'string' ? portIn(known.value)?.port : undefined;
  if (!s || !known || value === undefined) return undefined;
  return certain({ port: value, ...(known.variable === undefined ? {} : { variable: known.variable }) }, module.file.at(s));
}

/** Where a listening call takes its port: a keyword, and the position where there is one. */
const CALLS: Readonly<Record<string, readonly [keyword: string, index?: number]>> = {
  'uvicorn.run': ['port'],
  'uvicorn.Config': ['port'],
  'aiohttp.web.run_app': ['port'],
  'aiohttp.web.TCPSite': ['port', 2],
  'waitress.serve': ['port'],
  'asyncio.start_server': ['port', 2],
  'websockets.serve': ['port', 2],
  'wsgiref.simple_server.make_server': ['port', 1],
  'gevent.pywsgi.WSGIServer': ['listener', 0],
  'socket.create_server': ['address', 0],
};
const METHODS: Readonly<Record<string, readonly [keyword: string, index?: number]>> = {
  run: ['port'],
  create_server: ['port', 2],
  bind: ['address', 0],
  listen: ['port', 0],
  add_insecure_port: ['address', 0],
};
/** `ThreadingTCPServer((host, port), Handler)`, and the service's own classes below it. */
const isServerClass = (name: string, first: Expression | undefined): boolean => first?.kind === 'sequence' && name.endsWith('Server');

function listensOn(site: CallSite, running: Running): Fact<PortRead> | undefined {
  const { call, module } = site;
  const name = running.program.qualify(call.callee, module) ?? '';
  const rule =
    CALLS[name] ??
    (call.callee.kind === 'attribute' ? METHODS[call.callee.name] : undefined) ??
    (isServerClass(name, call.args[0]?.value) ? (['server_address', 0] as const) : undefined);
  const written =
    name === 'waitress.serve' ? (argument(call, 'port') ?? argument(call, 'listen')) : rule && argument(call, rule[0], rule[1]);
  if (!written) return undefined;
  return portFact(written, site, running);
}

/** `8000`, `('', 8000)`, `'0.0.0.0:8000'`, and what leads to one of these. */
function portFact(e: Expression, site: CallSite, running: Running): Fact<PortRead> | undefined {
  const scope = { module: site.module, program: running.program, functions: site.functions };
  const address = e.kind === 'name' ? undefined : e;
  const exact = address?.kind === 'sequence' ? address.items[1] : e;
  const known = exact && evaluate(exact, scope);
  if (!known) return undefined;
  const value =
    typeof known.value === 'string' ? (/^\d+$/.test(known.value) ? Number(known.value) : portIn(known.value)?.port) : known.value;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > 65535) return undefined;
  const here = site.module.file.at(exact ?? e);
  const elsewhere = known.at.module !== site.module || known.at.from < site.call.from || known.at.to > site.call.to;
  const because = [here, ...(elsewhere ? [known.at.module.file.at(known.at)] : [])] as const;
  const read = { port: value, ...(known.variable === undefined ? {} : { variable: known.variable }) };
  return running.phases.of(site) === 'never' ? likely(read, ...because) : certain(read, ...because);
}
