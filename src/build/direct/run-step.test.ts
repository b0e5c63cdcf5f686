import { expect, test } from 'vitest';
import { memoryFiles, silent } from '../../base/index.ts';
import type { Store } from '../../base/node.ts';
import { imageFromLayers } from '../../image/index.ts';
import { makePlan } from '../../plan/index.ts';
import type { Container, Exit, Runner, RunOptions } from '../../run/index.ts';
import { readService } from '../../service/index.ts';
import { runStep, type StepRun } from './run-step.ts';

const FILES = {
  'requirements.txt': 'django==5.1.4\ngunicorn==23.0.0\n',
  'manage.py': '',
  'app/settings.py': 'import os\nKEY = os.environ["SECRET_KEY"]\nINSTALLED_APPS = ["django.contrib.staticfiles"]\nSTATIC_ROOT = "static"\n',
  'app/wsgi.py': 'from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n',
};
const plan = makePlan(await readService(memoryFiles(FILES), { folderName: 'service' }), {});
const store = {} as Store;

/** Runs the plan's step where it ends so, and shows the options it was run with. */
async function failing(exit: Exit | undefined): Promise<{ readonly error: unknown; readonly options: RunOptions | undefined }> {
  let options: RunOptions | undefined;
  const runner: Runner = {
    id: 'embedded',
    available: async () => ({ ok: true, lacks: [] }),
    run: (_, given, use) => {
      options = given;
      const log = [...'abcdefghij'].map((text) => ({ atMs: 0, stream: 'stderr' as const, text: `line ${text}` }));
      return use({ exited: async () => exit, logs: () => log } as unknown as Container);
    },
    close: async () => {},
  };
  const error: unknown = await runStep(jobOf(), runner).catch((thrown: unknown) => thrown);
  return { error, options };
}

function jobOf(): StepRun {
  const job = { platform: { os: 'linux', architecture: 'amd64' }, store, progress: silent, createdSeconds: 7, locked: false };
  const image = imageFromLayers({ os: 'linux', architecture: 'amd64' }, [], store);
  const [step] = plan.recipe.steps ?? [];
  if (!step) throw new Error('the plan has no step');
  return { plan, job, step, image, isForeign: false };
}

test.each([
  [{ code: 3, signal: null, atMs: 1 }, 'failed: exit 3'],
  [{ code: null, signal: 'SIGKILL', atMs: 1 }, 'was ended by SIGKILL'],
  [undefined, 'still ran after 10 minutes'],
] as const)('a step that ends as %j is an error where the decision has its evidence, with its last lines', async (exit, how) => {
  const { error } = await failing(exit);
  expect(error).toMatchObject({
    name: 'UserError',
    message: `the build step \`python3 manage.py collectstatic --noinput\` ${how}\n  line c\n  line d\n  line e\n  line f\n  line g\n  line h\n  line i\n  line j`,
    hint: expect.stringContaining('for SECRET_KEY: mend it'),
    at: { file: 'app/settings.py', line: 4 },
  });
});

test('a step is root, and its memory, its hash seed and the date that it may name are fixed', async () => {
  const { options } = await failing(undefined);
  expect(options).toMatchObject({
    user: { uid: 0, gid: 0 },
    readOnlyRoot: false,
    memoryBytes: 2 * 1024 ** 3,
    environment: { HOME: '/tmp', PYTHONHASHSEED: '0', SOURCE_DATE_EPOCH: '7', SECRET_KEY: expect.stringMatching(/^dummy/) },
  });
});

test('what a step writes or removes outside of what it is said to write is named, and the image has none of it', async () => {
  const change = (path: string, kind: 'added' | 'removed', type: 'file' | 'directory' = 'file') => ({ path, kind, type });
  const changes = [
    change('/opt/a.json', 'removed'),
    change('/opt/old', 'removed', 'directory'),
    change('/opt/__pycache__/a.pyc', 'removed'),
    change('/tmp/x', 'removed'),
    change('/srv/other', 'added'),
  ];
  const runner: Runner = {
    id: 'embedded',
    available: async () => ({ ok: true, lacks: [] }),
    close: async () => {},
    run: (_, _options, use) =>
      use({
        exited: async () => ({ code: 0, signal: null, atMs: 1 }),
        logs: () => [],
        changes: async () => changes,
      } as unknown as Container),
  };
  const { layer, notes } = await runStep(jobOf(), runner);
  expect(layer).toBeUndefined();
  expect(notes).toEqual([
    expect.stringMatching(/wrote \/srv\/other, which is not kept/),
    expect.stringMatching(/removed \/opt\/a\.json and 1 more, which stays in the image: leave it out with \.dockerignore/),
  ]);
});
