import { execFileSync } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openImage } from '../src/image/index.ts';
import { copyOf, fixtures, has, plimsoll, scratch } from './plimsoll.ts';

const place = scratch();
afterAll(place.remove);

const REVISION = 'org.opencontainers.image.revision';
const git = (folder: string, ...args: readonly string[]): string =>
  execFileSync('git', ['-C', folder, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...args], { encoding: 'utf8' }).trim();

async function built(folder: string, ...more: readonly string[]): Promise<{ digest: string; label: unknown; annotation: unknown }> {
  const end = await plimsoll(['build', folder, '--json', ...more]);
  expect(end.code, end.stderr).toBe(0);
  const image = await openImage(`oci:${join(folder, '.plimsoll/image')}`);
  const [{ config }, { annotations }] = [await image.config(), await image.parsedManifest()];
  return { digest: await image.digest(), label: config?.Labels?.[REVISION], annotation: annotations?.[REVISION] };
}

test.skipIf(!has('git'))(
  '`--created git` names the commit, the same in each clone, and none where something was changed since',
  async () => {
    const folder = copyOf(join(fixtures, 'python-tcp/service'), join(place.folder, 'app'));
    git(folder, 'init', '--quiet');
    await built(folder); // plimsoll.lock is part of the commit
    writeFileSync(join(folder, '.gitignore'), '.plimsoll/\n');
    git(folder, 'add', '-A');
    git(folder, 'commit', '--quiet', '-m', 'one');
    const head = git(folder, 'rev-parse', 'HEAD');
    const image = await built(folder, '--created', 'git');
    expect(image).toMatchObject({ label: head, annotation: head });

    const clone = join(place.folder, 'clone', 'app');
    execFileSync('git', ['clone', '--quiet', folder, clone]);
    expect(await built(clone, '--created', 'git')).toEqual(image);

    appendFileSync(join(folder, 'server.py'), '# changed\n');
    expect(await built(folder, '--created', 'git')).toMatchObject({ label: undefined, annotation: undefined });
    expect(await built(clone)).toMatchObject({ label: undefined });
  },
);
