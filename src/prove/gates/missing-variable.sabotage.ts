import { replaceIn, type Sabotage } from '../sabotage.test-support.ts';

const READ = 'import threading\n';

export const sabotages: readonly Sabotage[] = [
  {
    name: 'it ends with a bare KeyError',
    service: 'python-tcp',
    edit: replaceIn('server.py', READ, `${READ}\nPEER = os.environ["PEER_ADDRESS"]\n`),
  },
  {
    name: 'the message does not say which',
    service: 'python-tcp',
    edit: replaceIn(
      'server.py',
      READ,
      `${READ}\nPEER = os.environ.get("PEER_ADDRESS")\nif not PEER:\n    sys.exit("cannot start: a setting is missing")\n`,
    ),
  },
  {
    name: 'it listens first, and ends by a bare KeyError behind that',
    service: 'python-tcp',
    edit: replaceIn('server.py', '        print(f"listening', '        peer = os.environ["PEER_ADDRESS"]\n        print(f"listening'),
  },
];
