import { inTurn, replaceIn, type Sabotage } from '../sabotage.test-support.ts';

export const sabotages: readonly Sabotage[] = [
  {
    name: 'it looks its user up when it starts',
    service: 'python-tcp',
    edit: inTurn(
      replaceIn('server.py', 'import os\n', 'import os\nimport pwd\n'),
      replaceIn('server.py', 'print(f"listening on {port}"', 'print(f"{pwd.getpwuid(os.getuid()).pw_name} listens on {port}"'),
    ),
  },
  {
    name: 'it insists on the user that the image names',
    service: 'python-fastapi',
    edit: replaceIn(
      'app/main.py',
      'app.state.notes = {}',
      'app.state.notes = {}\n    if os.getuid() != 10001:\n        raise SystemExit("start this as the user notes")',
    ),
  },
];
