import type { ImageConfig } from '../../image/index.ts';
import type { Sabotage } from '../sabotage.test-support.ts';

const user =
  (name: string) =>
  (image: ImageConfig): ImageConfig => ({ ...image, config: { ...image.config, User: name } });

export const sabotages: readonly Sabotage[] = [
  { name: 'the user is root', service: 'python-tcp', editConfig: user('0:0') },
  { name: 'no user is set', service: 'python-tcp', editConfig: user('') },
  { name: 'the user is a name', service: 'python-tcp', editConfig: user('app') },
];
