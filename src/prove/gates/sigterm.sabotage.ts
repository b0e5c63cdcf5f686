import { addFiles, inTurn, replaceIn, type Sabotage } from '../sabotage.test-support.ts';

const PROBE = addFiles({ 'plimsoll.yaml': 'probes:\n  - request: GET /slow 200\n    slow: true\n' });

export const sabotages: readonly Sabotage[] = [
  // PID 1 has no default action for SIGTERM: pid_namespaces(7).
  {
    name: 'the handler is gone',
    service: 'python-tcp',
    edit: inTurn(
      addFiles({ 'plimsoll.yaml': 'pid1: server\nstop:\n  grace: 2 s\n' }),
      replaceIn('server.py', 'signal.signal(signal.SIGTERM, stop)', 'pass'),
    ),
  },
  {
    name: 'it ends a second after its grace',
    service: 'python-tcp',
    edit: inTurn(
      addFiles({ 'plimsoll.yaml': 'stop:\n  grace: 2 s\n' }),
      replaceIn('server.py', 'return 0', 'threading.Event().wait(3)\n    return 0'),
    ),
  },
  {
    name: 'a job goes on as if nothing had happened',
    service: 'python-batch-job',
    edit: inTurn(
      addFiles({ 'plimsoll.yaml': 'lifetime: job\nstop:\n  grace: 1 s\nbudget:\n  ready: 60 s\n' }),
      replaceIn('report.py', '    print("stopped before the end", flush=True)\n    sys.exit(143)', '    print("later", flush=True)'),
      replaceIn('report.py', 'range(4)', 'range(8)'),
    ),
  },
  { name: 'it ends with an error', service: 'python-tcp', edit: replaceIn('server.py', 'return 0', 'return 1') },
  {
    name: 'a launcher ends by it, and the server that it started is killed',
    service: 'python-tcp',
    edit: inTurn(
      addFiles({ 'plimsoll.yaml': 'command: [python3, start.py]\npid1: tini\n' }),
      addFiles({ 'start.py': 'import subprocess\nimport sys\n\nsubprocess.run([sys.executable, "server.py"], check=True)\n' }),
    ),
  },
  {
    name: 'process 1 leaves with 0 and does not wait for its worker',
    service: 'python-tcp',
    edit: inTurn(
      addFiles({ 'plimsoll.yaml': 'pid1: server\n' }),
      replaceIn(
        'server.py',
        '    sys.exit(main())',
        '    if os.fork():\n        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\n        while True:\n            os.wait()\n    sys.exit(main())',
      ),
    ),
  },
  {
    name: 'it drops the request that it is answering',
    service: 'python-fastapi',
    edit: inTurn(
      PROBE,
      replaceIn(
        'app/main.py',
        'app.state.notes = {}',
        'app.state.notes = {}\n    import signal\n\n    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))',
      ),
    ),
  },
];
