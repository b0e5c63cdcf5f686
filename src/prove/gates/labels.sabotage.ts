import { addFiles, type Sabotage } from '../sabotage.test-support.ts';

const label = (key: string, value: string) =>
  addFiles({ 'plimsoll.yaml': `labels:\n  org.opencontainers.image.${key}: ${JSON.stringify(value)}\n` });

export const sabotages: readonly Sabotage[] = [
  { name: 'the licence is no SPDX expression', service: 'python-tcp', edit: label('licenses', 'Apache License 2.0') },
  { name: 'the source is git’s shorthand and no URL', service: 'python-tcp', edit: label('source', 'git@git.example:team/app.git') },
  { name: 'the title is empty', service: 'python-tcp', edit: label('title', '') },
  { name: 'a build argument was never filled in', service: 'python-tcp', edit: label('revision', '${GIT_COMMIT}') },
];
