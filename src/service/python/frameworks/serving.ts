import type { Module } from '../source/module.ts';
import type { Program } from '../source/program.ts';
import { callsOf, type CallSite } from '../source/walk.ts';

/** Calls by full name that listen until they are told to stop. */
const SERVES = new Set([
  'uvicorn.run',
  'uvicorn.Server',
  'hypercorn.asyncio.serve',
  'aiohttp.web.run_app',
  'aiohttp.web.AppRunner',
  'waitress.serve',
  'gevent.pywsgi.WSGIServer',
  'wsgiref.simple_server.make_server',
  'http.server.HTTPServer',
  'http.server.ThreadingHTTPServer',
  'socketserver.TCPServer',
  'socketserver.ThreadingTCPServer',
  'socketserver.ForkingTCPServer',
  'asyncio.start_server',
  'grpc.server',
  'grpc.aio.server',
  'websockets.serve',
  'socket.create_server',
  'socket.socket',
  'cherrypy.quickstart',
  'bottle.run',
  'tornado.httpserver.HTTPServer',
  'apscheduler.schedulers.blocking.BlockingScheduler',
]);
/** Methods that do, on an object whose class may be the service's own. */
const SERVING_METHODS = new Set([
  'serve_forever',
  'create_server',
  'run_forever',
  'wait_for_termination',
  'start_serving',
  'run_polling',
  'start_polling',
  'infinity_polling',
]);

/** The first call that makes a module a server of its own. */
export function servingCall(module: Module, program: Program): CallSite | undefined {
  return callsOf(module).find(({ call }) => {
    const name = program.qualify(call.callee, module);
    if (name !== undefined && SERVES.has(name)) return true;
    return call.callee.kind === 'attribute' && SERVING_METHODS.has(call.callee.name);
  });
}
