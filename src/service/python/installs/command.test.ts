import { expect, test } from 'vitest';
import { installIn, type Install } from './command.ts';

const none = { extras: [], groups: [], files: [], constraints: [] };
const CASES: readonly (readonly [string, Partial<Install> | undefined])[] = [
  ['uv sync --frozen --no-dev', { usualBut: ['dev'] }],
  ['uv sync --extra web --extra=Redis_Cache --group prod', { extras: ['web', 'redis-cache'], groups: ['prod'], usualBut: [] }],
  ['uv sync --only-group prod', { groups: ['prod'] }],
  ['uv sync --no-default-groups --all-extras', { all: 'extras' }],
  ['uv pip install --system .[web,redis]', { extras: ['web', 'redis'] }],
  ['pip install -e ./[web]', { extras: ['web'] }],
  ['python -m pip install --no-cache-dir -r requirements/prod.txt', { files: ['requirements/prod.txt'] }],
  [
    'uv pip install -c constraints.txt --constraint=more.txt -r requirements.in',
    { files: ['requirements.in'], constraints: ['constraints.txt', 'more.txt'] },
  ],
  ['pip3 install -rrequirements.txt --group prod', { files: ['requirements.txt'], groups: ['prod'] }],
  [
    'poetry install --without dev,test --with web -E "redis mysql"',
    { extras: ['redis', 'mysql'], groups: ['web'], usualBut: ['dev', 'test'] },
  ],
  ['poetry install --only main,web', { groups: ['web'] }],
  ['pdm sync --prod -G web -G redis', { groups: ['web', 'redis'] }],
  ['pipenv install --deploy --categories "packages serve"', { groups: ['serve'] }],
  ['uv lock', undefined],
  ['uvicorn app:app', undefined],
  ['pip freeze', undefined],
];

test.each(CASES)('`%s` installs what its tool says', (line, expected) => {
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  expect(installIn(words)).toEqual(expected && { ...none, ...expected });
});
