import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silent, UserError } from '../src/base/index.ts';
import { diskFiles, openStore, type Store } from '../src/base/node.ts';
import { dockerfileEngine, type Built } from '../src/build/index.ts';
import { flatten } from '../src/image/index.ts';
import type { Plan } from '../src/plan/index.ts';
import { importBusybox, podmanSettings } from './engines/podman.testing.ts';
import { has, isRoot, scratch } from './plimsoll.ts';

const place = scratch();
const before = { ...process.env };
let store: Store | undefined;
afterAll(async () => {
  await store?.close();
  process.env = before;
  place.remove();
});

const BASE = 'localhost/stand-in:1';
const DOCKERFILE = `FROM ${BASE} AS first
ARG SAYS=nothing
RUN --mount=type=secret,id=word cat /run/secrets/word && echo "$SAYS" > /said
FROM ${BASE}
COPY --from=first /said /said
COPY . /app
USER 10001:10001
HEALTHCHECK --interval=7s CMD ["/bin/busybox", "true"]
CMD ["/bin/sleep", "60"]
`;

/** Builds a Dockerfile that lies in a folder of its own. */
async function build(name: string, dockerfile: string, more: { target?: string } = {}): Promise<{ built: Built; lines: string[] }> {
  const folder = join(place.folder, name);
  mkdirSync(folder);
  for (const [file, text] of Object.entries({ Dockerfile: dockerfile, '.dockerignore': 'private\n', private: 'p', open: 'o' }))
    writeFileSync(join(folder, file), text);
  const word = join(place.folder, `${name}.word`);
  writeFileSync(word, 'sesame-open-42');
  const lines: string[] = [];
  const engine = dockerfileEngine('podman', {
    buildArgs: ['SAYS=hello'],
    secrets: [`id=word,src=${word}`],
    network: 'host',
    say: (line) => lines.push(line),
    ...more,
  });
  const platform = { os: 'linux', architecture: process.arch === 'arm64' ? 'arm64' : 'amd64' };
  if (!store) throw new Error('the store is not open');
  const job = { platform, store, progress: silent, createdSeconds: 0, folder, locked: false };
  return { built: await engine.build({} as Plan, await diskFiles(folder), job), lines };
}

describe.skipIf(!isRoot || !has('podman') || !existsSync('/bin/busybox'))('podman', () => {
  beforeAll(async () => {
    const folder = join(place.folder, 'podman');
    mkdirSync(folder);
    Object.assign(process.env, podmanSettings(folder));
    store = await openStore(join(place.folder, 'store'));
    importBusybox(folder, BASE, podmanSettings(folder));
  });

  test('builds the Dockerfile of the repository, as it stands', async () => {
    const { built, lines } = await build('whole', DOCKERFILE);
    const { config } = await built.image.config();
    expect(config).toMatchObject({ User: '10001:10001', Cmd: ['/bin/sleep', '60'] });
    expect(config?.Healthcheck?.Interval).toBe(7e9);
    expect(built.layers.length).toBeGreaterThan(1);
    expect(lines.join('\n')).toContain('STEP 1/');
    const tree = await flatten(await built.image.layers());
    const paths = [...tree.entries.keys()];
    expect(paths).toEqual(expect.arrayContaining(['said', 'app/open']));
    expect(paths).not.toContain('app/private');
    expect(paths).not.toContain('run/secrets/word');
  });

  test('stops at the stage that was named', async () => {
    const { built } = await build('target', DOCKERFILE, { target: 'first' });
    expect((await built.image.config()).config?.User ?? '').toBe('');
  });

  test('that fails is told with the line of the Dockerfile', async () => {
    const error: unknown = await build('failing', `FROM ${BASE}\n\nRUN echo before; \\\n    false\n`).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).at).toEqual({ file: 'Dockerfile', line: 3 });
    expect((error as UserError).message).toContain('| before');
  });
});
