import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EnvironmentError, memoryFiles, silent, UserError } from '../../base/index.ts';
import { openStore } from '../../base/node.ts';
import type { Plan } from '../../plan/index.ts';
import { PIP_SECRET_MOUNTS, UV_SECRET_MOUNTS } from '../../write/build-secrets.ts';
import type { Job } from '../types.ts';
import { secretsOf } from './handed.ts';
import { dockerfileEngine, type DockerfileOptions } from './index.ts';

const DOCKERFILE = 'FROM python:3.11-slim\nWORKDIR /app\nRUN pip install \\\n    nothing-there\nCOPY . .\n';
const path = process.env['PATH'];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-engine-'));
});
afterEach(() => {
  process.env['PATH'] = path;
  rmSync(folder, { recursive: true, force: true });
});

/** Puts a program in front of all others: what it does when it is asked to build. */
function program(name: string, build: string): void {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\ncase "$1" in debug|version) exit 0;; esac\n${build}\n`);
  chmodSync(file, 0o755);
  process.env['PATH'] = `${folder}${delimiter}${path}`;
}

async function build(
  id: 'buildkit' | 'docker' | 'podman',
  options: Partial<DockerfileOptions> = {},
  { signal, text = DOCKERFILE }: { signal?: AbortSignal; text?: string | undefined } = {},
): Promise<{ error: unknown; lines: string[] }> {
  const lines: string[] = [];
  const store = await openStore(join(folder, 'store'));
  const job: Job = {
    platform: { os: 'linux', architecture: 'amd64' },
    store,
    progress: silent,
    createdSeconds: 0,
    folder,
    locked: false,
    ...(signal ? { signal } : {}),
  };
  const files = memoryFiles({ Dockerfile: text });
  const engine = dockerfileEngine(id, { say: (line) => lines.push(line), ...options });
  const error: unknown = await engine.build({} as Plan, files, job).catch((thrown: unknown) => thrown);
  await store.close();
  return { error, lines };
}

// In the shape of BuildKit's and buildah's output, written by hand for this Dockerfile.
const BUILDKIT_FAILS = `cat >&2 <<'END'
#7 [3/4] RUN pip install     nothing-there
#7 1.204 ERROR: No matching distribution found for nothing-there
#7 ERROR: process "/bin/sh -c pip install     nothing-there" did not complete successfully: exit code: 1
------
 > [3/4] RUN pip install     nothing-there:
1.204 ERROR: No matching distribution found for nothing-there
------
Dockerfile:3
--------------------
   2 |     WORKDIR /app
   3 | >>> RUN pip install \\\\
   4 | >>>     nothing-there
--------------------
error: failed to solve: process "/bin/sh -c pip install     nothing-there" did not complete successfully: exit code: 1
END
exit 1`;
const PODMAN_FAILS = `cat >&2 <<'END'
STEP 1/4: FROM python:3.11-slim
STEP 2/4: WORKDIR /app
STEP 3/4: RUN pip install     nothing-there
ERROR: No matching distribution found for nothing-there
Error: building at STEP "RUN pip install     nothing-there": while running runtime: exit status 1
END
exit 125`;

describe('a build that fails', () => {
  test.each([
    ['buildkit', 'buildctl', BUILDKIT_FAILS],
    ['podman', 'podman', PODMAN_FAILS],
  ] as const)('in %s names the line of the Dockerfile and the last that it said', async (id, name, script) => {
    program(name, script);
    const { error, lines } = await build(id);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).at).toEqual({ file: 'Dockerfile', line: 3 });
    expect((error as UserError).message).toContain('| ERROR: No matching distribution found for nothing-there');
    expect(lines.length).toBeGreaterThan(3);
  });

  test('is told also when its temporary files were taken away meanwhile', async () => {
    program('buildctl', `rm -rf ${folder}/store/tmp/*; echo "error: open pip.conf: no such file or directory" >&2; exit 1`);
    expect(String((await build('buildkit')).error)).toContain('open pip.conf');
  });

  test('because the Podman is too old for what `init` writes is said, with the version to take', async () => {
    program('podman', 'echo "Error: building at STEP \\"RUN --network=none true\\": RUN only supports the --mount flag" >&2; exit 125');
    expect((await build('podman')).error).toMatchObject({ name: 'EnvironmentError', hint: expect.stringContaining('Podman 4.5') });
  });

  test('because a base image cannot be had is the environment’s, and may pass', async () => {
    program(
      'buildctl',
      'echo "error: failed to solve: failed to resolve source metadata for docker.io/library/x: no such host" >&2; exit 1',
    );
    const { error } = await build('buildkit');
    expect(error).toMatchObject({ name: 'EnvironmentError', kind: 'transient' });
  });
});

describe('an engine', () => {
  test('that is not installed is told apart from one that reaches no daemon', async () => {
    process.env['PATH'] = folder;
    const missing = await build('docker');
    expect(String(missing.error)).toContain('is not installed');
    program('docker', 'exit 0');
    writeFileSync(join(folder, 'docker'), '#!/bin/sh\necho "Cannot connect to the Docker daemon" >&2\nexit 1\n');
    const silenced = await build('docker');
    expect(silenced.error).toBeInstanceOf(EnvironmentError);
    expect((silenced.error as EnvironmentError).message).toContain('Cannot connect');
    expect((silenced.error as EnvironmentError).hint).toContain('DOCKER_HOST');
  });

  test('that is a Docker client without buildx does not count as one that builds', async () => {
    // What Docker 28.2 says to `docker build --help`.
    program(
      'docker',
      'printf "ERROR: BuildKit is enabled but the buildx component is missing or broken.\\n       Install the buildx component:\\n" >&2; exit 1',
    );
    const able = await dockerfileEngine('docker', { say: () => {} }).available();
    expect(able).toMatchObject({
      ok: false,
      why: expect.stringContaining('the buildx component is missing'),
      remedy: expect.stringContaining('buildx'),
    });
  });

  test('that dies in the middle is not taken for a fault of the Dockerfile', async () => {
    program('podman', 'echo "STEP 1/4: FROM python:3.11-slim"; kill -9 $$');
    expect((await build('podman')).error).toMatchObject({ name: 'EnvironmentError', kind: 'transient' });
    program(
      'buildctl',
      'echo "error: failed to receive status: rpc error: code = Unavailable desc = error reading from server: EOF" >&2; exit 1',
    );
    expect((await build('buildkit')).error).toMatchObject({ name: 'EnvironmentError', kind: 'transient' });
  });

  test('that hangs is taken down with all it started', async () => {
    program('podman', `sleep 300 & echo $! > ${join(folder, 'helper')}; wait`);
    const { error } = await build('podman', { timeoutMs: 1_000 });
    expect(String(error)).toContain('took too long');
    expect(isRunning(Number(readFileSync(join(folder, 'helper'), 'utf8')))).toBe(false);
  });

  test('is called off by a signal', async () => {
    program('podman', 'sleep 300');
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('Ctrl-C')), 500);
    expect(String((await build('podman', {}, { signal: controller.signal })).error)).toContain('Ctrl-C');
  });

  test('is not asked for what it does not have', async () => {
    expect((await build('docker', { cacheTo: ['type=inline'] })).error).toBeInstanceOf(UserError);
    expect(String((await build('podman', { sbom: true })).error)).toContain('`--sbom` means nothing to podman');
  });
});

test('a secret that was asked for comes before the one of this machine; what pip and uv need are files', () => {
  const authorities = join(folder, 'ca.pem');
  writeFileSync(authorities, '');
  const env = {
    SSL_CERT_FILE: authorities,
    PIP_INDEX_URL: 'https://user:word@index.example/simple',
    UV_INDEX_URL: 'https://index.example/simple',
  };
  expect(secretsOf(['id=ca,src=/mine.pem'], folder, env)).toEqual([
    'id=ca,src=/mine.pem',
    `id=pip,src=${join(folder, 'pip.conf')}`,
    `id=uv,src=${join(folder, 'uv.toml')}`,
  ]);
  expect(readFileSync(join(folder, 'uv.toml'), 'utf8')).toBe('system-certs = true\nindex-url = "https://index.example/simple"\n');
  expect(readFileSync(join(folder, 'pip.conf'), 'utf8')).toBe(
    '[global]\ncert = /run/secrets/ca\nindex-url = https://user:word@index.example/simple\n',
  );
  expect(secretsOf([], folder, {})).toEqual([]);
});

/** A process that ended and was not waited for does not run. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

test('each mount of a RUN that calls pip or uv has its secret', () => {
  const authorities = join(folder, 'ca.pem');
  writeFileSync(authorities, '');
  const handed = secretsOf([], folder, { PIP_CERT: authorities }).map((secret) => /id=(\w+)/.exec(secret)?.[1]);
  const mounted = [...PIP_SECRET_MOUNTS, ...UV_SECRET_MOUNTS].map((mount) => /id=(\w+)/.exec(mount)?.[1]);
  expect([...new Set(mounted)]).toEqual(handed);
});
