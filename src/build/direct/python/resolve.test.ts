import { expect, test } from 'vitest';
import { memoryFiles, UserError } from '../../../base/index.ts';
import type { Store } from '../../../base/node.ts';
import { readConfig } from '../../../config/index.ts';
import { makePlan } from '../../../plan/index.ts';
import { readService } from '../../../service/index.ts';
import { resolvePython, type Tools } from './resolve.ts';

const FILES = memoryFiles({ 'requirements.txt': 'flask==3.1.0\n', 'app.py': 'from flask import Flask\n\napp = Flask(__name__)\n' });
/** Whatever is asked of these is too much. */
const never = (): Promise<never> => Promise.reject(new Error('nothing is to be resolved'));
const TOOLS: Tools = { uv: never, python: never };
const STORE = { temporary: never } as unknown as Store;

test('a server of which there is only source is refused at once, with what else serves', async () => {
  const plan = makePlan(await readService(FILES, { folderName: 'service' }), readConfig('server: uwsgi\n'));
  const refused = await resolvePython(plan, FILES, TOOLS, STORE, undefined, false).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(UserError);
  expect((refused as UserError).message).toContain('uwsgi has no wheel');
  for (const way of ['server: gunicorn', 'pyuwsgi', 'plimsoll init']) expect((refused as UserError).hint).toContain(way);
});

test.each(['-e /srv/evil', '--editable=/srv/evil', '/srv/evil', 'evil @ file:///srv/evil', '-e "/srv/evil"', '~/evil'])(
  'a folder that is no package of the repository is refused with its line, before anybody builds it: %s',
  async (line) => {
    const files = memoryFiles({
      'requirements.txt': `flask==3.1.0\n${line}\n`,
      'app.py': 'from flask import Flask\n\napp = Flask(__name__)\n',
    });
    const plan = makePlan(await readService(files, { folderName: 'service' }), {});
    const refused = await resolvePython(plan, files, TOOLS, STORE, undefined, false).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UserError);
    expect(refused).toMatchObject({ at: { file: 'requirements.txt', line: 2 } });
  },
);
