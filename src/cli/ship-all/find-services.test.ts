import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { FIXTURES as fixtures } from '../../base/fixtures.testing.ts';
import { openProject } from '../project.ts';
import { findServices } from './find-services.ts';

afterEach(() => vi.unstubAllEnvs());

test('services are planned for this machine, as each is by itself: without Debian’s packages on the official image', async () => {
  const root = join(fixtures, 'python-monorepo');
  const bases = async (): Promise<unknown[]> =>
    (await findServices(root, {})).services.map((each) => 'project' in each && each.project.plan.recipe.base.kind);
  vi.stubEnv('PLIMSOLL_DEBIAN_MIRROR', 'http://mirror.example/debian');
  expect(await bases()).toEqual(['debian', 'debian']);
  vi.stubEnv('PLIMSOLL_DEBIAN_MIRROR', 'none');
  expect(await bases()).toEqual(['registry', 'registry']);
  const alone = await openProject(join(root, 'worker'), {});
  expect(alone.plan.recipe.base.kind).toBe('registry');
});
