import { expect, test } from 'vitest';
import { memoryFiles } from '../base/index.ts';
import { readService } from '../service/index.ts';
import { makePlan } from './index.ts';

const PREFIX = 'org.opencontainers.image.';

async function labelsOf(project: string, own: Readonly<Record<string, string>> = {}): Promise<Readonly<Record<string, string>>> {
  const files = memoryFiles({
    'pyproject.toml': `[project]\nname = "app"\nversion = "1.2"\n${project}`,
    'app.py': 'import http.server\nhttp.server.HTTPServer(("", 8000), http.server.SimpleHTTPRequestHandler).serve_forever()\n',
  });
  const service = await readService(files, { folderName: 'app' });
  return makePlan(service, { base: 'trixie', entry: 'app.py', labels: own }).contract.labels;
}

test('the image says licence and source as pyproject.toml does, unless plimsoll.yaml says otherwise', async () => {
  const project = 'license = "MIT"\n[project.urls]\nsource = "https://git.example/team/app"\n';
  expect(await labelsOf(project)).toMatchObject({ [`${PREFIX}licenses`]: 'MIT', [`${PREFIX}source`]: 'https://git.example/team/app' });
  expect(await labelsOf(project, { [`${PREFIX}licenses`]: 'LicenseRef-Ours' })).toMatchObject({ [`${PREFIX}licenses`]: 'LicenseRef-Ours' });
  expect(Object.keys(await labelsOf(''))).toEqual([`${PREFIX}title`, `${PREFIX}version`]);
});

test.each(['https://ada:secret@git.example/app', 'git@git.example:team/app.git', 'ssh://git.example/app'])(
  'a source that is no plain address is left out: %s',
  async (url) => {
    expect(await labelsOf(`[project.urls]\nsource = "${url}"\n`)).not.toHaveProperty(`${PREFIX}source`);
  },
);
