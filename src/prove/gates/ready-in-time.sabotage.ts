import { addFiles, inTurn, replaceIn, type Sabotage } from '../sabotage.test-support.ts';

const WITHIN = addFiles({ 'plimsoll.yaml': 'budget:\n  ready: 3 s\n' });

export const sabotages: readonly Sabotage[] = [
  {
    name: 'it loads for long before it listens',
    service: 'python-tcp',
    edit: inTurn(WITHIN, replaceIn('server.py', 'def main():\n', 'def main():\n    threading.Event().wait(8)\n')),
  },
  {
    name: 'it listens on another port',
    service: 'python-tcp',
    edit: inTurn(
      addFiles({ 'plimsoll.yaml': 'port: 7100\nbudget:\n  ready: 3 s\n' }),
      replaceIn('server.py', 'int(os.environ.get("PORT", "7000"))', '7000'),
    ),
  },
  { name: 'nobody outside can reach it', service: 'python-tcp', edit: replaceIn('server.py', '"0.0.0.0"', '"127.0.0.1"') },
  { name: 'it ends at once', service: 'python-tcp', edit: replaceIn('server.py', 'def main():\n', 'def main():\n    return 3\n') },
];
