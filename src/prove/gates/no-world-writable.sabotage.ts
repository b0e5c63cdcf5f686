import { file, folder } from '../python-image.test-support.ts';
import type { Sabotage } from '../sabotage.test-support.ts';

export const sabotages: readonly Sabotage[] = [
  { name: 'a configuration has mode 0666', service: 'python-tcp', layer: [file('etc/service.conf', 'answer = 42\n', 0o666)] },
  { name: 'a folder for data has mode 0777', service: 'python-tcp', layer: [folder('srv/data', 0o777)] },
  { name: '/tmp has lost its sticky bit', service: 'python-tcp', layer: [folder('tmp', 0o777)] },
];
