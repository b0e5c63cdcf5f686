import { addFiles, type Sabotage } from '../sabotage.test-support.ts';

const DATA = { 'data/words.txt': 'a line of a corpus that nobody reads\n'.repeat(600_000) };

export const sabotages: readonly Sabotage[] = [
  {
    name: 'a data file takes more than the budget leaves',
    service: 'python-tcp',
    edit: addFiles({ ...DATA, 'plimsoll.yaml': 'budget:\n  size: 55 MB\n' }),
  },
  {
    name: 'the image is larger to pull than allowed',
    service: 'python-tcp',
    edit: addFiles({ 'plimsoll.yaml': 'budget:\n  compressed: 5 MB\n' }),
  },
];
