import { file, folder } from '../python-image.test-support.ts';
import { serviceFiles, type Sabotage } from '../sabotage.test-support.ts';

const code = serviceFiles('python-tcp')['server.py'] ?? '';

export const sabotages: readonly Sabotage[] = [
  { name: 'the code belongs to the service’s user', service: 'python-tcp', layer: [file('app/server.py', code, 0o644, 10001, 10001)] },
  { name: 'the folder of the code does', service: 'python-tcp', layer: [folder('app', 0o755, 10001, 10001)] },
  {
    name: 'the code may not be written, and belongs to who may change that',
    service: 'python-tcp',
    layer: [file('app/server.py', code, 0o444, 10001, 10001)],
  },
  {
    name: 'the group of the service may write among the libraries',
    service: 'python-tcp',
    layer: [folder('usr/local/bin', 0o775, 0, 10001), file('usr/local/bin/tool', '#!/usr/bin/python3\n', 0o755)],
  },
];
