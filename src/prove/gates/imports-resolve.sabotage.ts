import { addFiles, replaceIn, type Sabotage } from '../sabotage.test-support.ts';

export const sabotages: readonly Sabotage[] = [
  {
    name: 'a package is imported and not declared',
    service: 'python-fastapi',
    edit: replaceIn('app/routers/notes.py', 'from pydantic', 'import orjson\nfrom pydantic'),
    alsoFails: ['ready-in-time'],
  },
  {
    name: '.dockerignore leaves a module out',
    service: 'python-fastapi',
    edit: addFiles({ '.dockerignore': 'app/routers/notes.py\n' }),
    alsoFails: ['ready-in-time'],
  },
  {
    name: 'a library that a dependency opens by name is left out',
    service: 'python-magic',
    edit: replaceIn('plimsoll.yaml', 'probes:', 'systemPackages: false\nprobes:'),
    alsoFails: ['ready-in-time'],
  },
];
