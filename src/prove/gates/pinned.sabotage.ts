import { addFiles, type Sabotage } from '../sabotage.test-support.ts';

export const sabotages: readonly Sabotage[] = [
  { name: 'the lock is kept out of the repository', service: 'python-tcp', edit: addFiles({ '.gitignore': '__pycache__/\n*.lock\n' }) },
];
