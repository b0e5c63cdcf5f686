import { addFiles, type Sabotage } from '../sabotage.test-support.ts';

const command = (...words: readonly string[]): string => `command: ${JSON.stringify(words)}\n`;

export const sabotages: readonly Sabotage[] = [
  {
    name: 'the module is not in the image',
    service: 'python-tcp',
    edit: addFiles({ 'plimsoll.yaml': command('python3', '-m', 'srever') }),
    alsoFails: ['ready-in-time'],
  },
  {
    name: 'the script may not be executed',
    service: 'python-tcp',
    edit: addFiles({ 'run.py': '#!/usr/bin/env python3\nimport server\nserver.main()\n', 'plimsoll.yaml': command('./run.py') }),
    alsoFails: ['ready-in-time'],
  },
  {
    name: 'it is in shell form',
    service: 'python-tcp',
    editConfig: (image) => ({ ...image, config: { ...image.config, Cmd: ['/bin/sh', '-c', 'python3 server.py'] } }),
    alsoFails: ['ready-in-time'],
  },
];
