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
  {
    name: 'a job does not end in its time',
    service: 'python-batch-job',
    edit: inTurn(
      addFiles({ 'plimsoll.yaml': 'lifetime: job\nbudget:\n  ready: 20 s\n' }),
      replaceIn('report.py', '    report = pathlib', '    time.sleep(20)\n    report = pathlib'),
    ),
  },
  {
    name: 'a job ends with an error',
    service: 'python-batch-job',
    edit: replaceIn('report.py', '    print(report.read_text().strip(), flush=True)', '    sys.exit(f"{total} bytes")'),
  },
  { name: 'it ends at once', service: 'python-tcp', edit: replaceIn('server.py', 'def main():\n', 'def main():\n    return 3\n') },
];
