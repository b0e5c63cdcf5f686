import { addFiles, inTurn, replaceIn, type Sabotage } from '../sabotage.test-support.ts';

const SAYS = replaceIn(
  'server.py',
  '        for line in self.rfile:',
  '        print("connected:", self.client_address[0])\n        for line in self.rfile:',
);

export const sabotages: readonly Sabotage[] = [
  {
    name: 'lines wait in a buffer',
    service: 'python-tcp',
    edit: inTurn(SAYS, addFiles({ 'plimsoll.yaml': 'environment:\n  PYTHONUNBUFFERED: ""\n' })),
  },
  {
    name: 'a healthy start prints an error',
    service: 'python-tcp',
    edit: replaceIn(
      'server.py',
      '        server.serve_forever()',
      '        print("ERROR: no cache, going on without", flush=True)\n        server.serve_forever()',
    ),
  },
  {
    name: 'a healthy start prints a traceback',
    service: 'python-tcp',
    edit: inTurn(
      replaceIn('server.py', 'import threading\n', 'import threading\nimport traceback\n'),
      replaceIn(
        'server.py',
        '        server.serve_forever()',
        '        try:\n            socketserver.nothing\n        except AttributeError:\n            traceback.print_exc()\n        server.serve_forever()',
      ),
    ),
  },
];
