import { writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError, type Progress } from '../../../base/index.ts';
import { findOnPath, runProcess, type ProcessEnd, type Store } from '../../../base/node.ts';
import { UV_VERSION } from '../../../plan/index.ts';
import type { Declared } from './indexes/declared.ts';
import { withIndexes } from './indexes/environment.ts';
import { withoutLogins } from './indexes/hidden.ts';

/** The hashes of its wheels as PyPI gives them. */
const UV_WHEELS: readonly string[] = [
  'e18a57b8b352eb7c8feb317b9f6f533c8f0ad9673fd6cf34bbe3cf1a9f6a8984', // manylinux x86_64
  '0b3e8b1a4f5e405e31e2ff33de8af4744831e9f7338539671efbd8c3c94e791d', // manylinux aarch64
  '62b6943c7fd64fac6854f780bea6e0359e5a5bc3241f83ee357bb38276afac49', // macOS arm64
  'b7124ca1956ec2e476a1003ea5715a15f0266afaec37f4dc9c6972ba8183e6d1', // macOS x86_64
];

/** A pip that can be run: the words before its own arguments, and what it needs in its environment. */
export interface Pip {
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The path of uv: on PATH, else fetched by pip into the store, checked against its hash. `spare` gives a pip where
 * the host has none. Throws EnvironmentError when neither works.
 */
export async function findUv(store: Store, progress: Progress, spare: () => Promise<Pip>): Promise<string> {
  const onPath = await findOnPath('uv');
  if (onPath !== undefined) return onPath;
  const key = `uv-${UV_VERSION}-${process.platform}-${process.arch}`;
  const folder = await store.folder('tools', key, async (target) => {
    progress({ task: 'uv', detail: `fetching uv ${UV_VERSION} with pip` });
    await fetchUv(target, (await hostPip()) ?? (await spare()));
    progress({ task: 'uv', done: true });
  });
  return join(folder, 'bin', 'uv');
}

async function fetchUv(target: string, pip: Pip): Promise<void> {
  const file = `${target}.txt`;
  await writeFile(file, `uv==${UV_VERSION} ${UV_WHEELS.map((hash) => `--hash=sha256:${hash}`).join(' ')}\n`);
  const end = await runProcess({
    argv: [
      ...pip.argv,
      'install',
      '--quiet',
      '--require-hashes',
      '--no-deps',
      '--only-binary',
      ':all:',
      '--no-compile',
      '--target',
      target,
      '-r',
      file,
    ],
    env: { ...process.env, ...pip.env, PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_ROOT_USER_ACTION: 'ignore' },
    timeoutMs: 300_000,
  });
  if (end.code === 0) return;
  throw new EnvironmentError(
    `uv could not be fetched: ${lastLine(end)}`,
    'install uv so that it is on PATH, or check pip’s index settings and the network',
    'transient',
  );
}

export async function hostPip(): Promise<Pip | undefined> {
  for (const argv of [['python3', '-m', 'pip'], ['pip3']] as const) {
    const end = await runProcess({ argv: [...argv, '--version'], timeoutMs: 30_000 }).catch(() => undefined);
    if (end?.code === 0) return { argv, env: {} };
  }
  return undefined;
}

export const lastLine = (end: ProcessEnd): string =>
  withoutLogins((end.stderr.trim() || end.stdout.trim()).split('\n').at(-1) ?? `exit ${end.code}`, process.env);

/**
 * What uv is told in every call. Its own and pip's index settings, proxies and certificates are left as they are.
 * `declared`: indexes that the repository names.
 */
export function uvEnvironment(declared: Declared = { indexes: [], links: [] }): Readonly<Record<string, string | undefined>> {
  return {
    ...withIndexes(process.env, declared),
    UV_NO_PROGRESS: '1',
    NO_COLOR: '1',
    UV_PYTHON_DOWNLOADS: 'never',
    VIRTUAL_ENV: undefined,
    ...certificates(),
  };
}

/** To install what is locked: from whichever index has the very file. Its hash is known, so none can put another in its place. */
export const installEnvironment = (declared: Declared): ReturnType<typeof uvEnvironment> => ({
  ...uvEnvironment(declared),
  UV_INDEX_STRATEGY: 'unsafe-best-match',
});

/** Whom uv trusts. It does not read pip's variables; people behind mirrors have often set only those. */
function certificates(): Record<string, string> {
  const { SSL_CERT_FILE, SSL_CERT_DIR, PIP_CERT } = process.env;
  const env: Record<string, string> = {};
  if (PIP_CERT !== undefined && SSL_CERT_FILE === undefined) env['SSL_CERT_FILE'] = PIP_CERT;
  // Behind a proxy that signs anew only the machine's own certificates do; uv brings its own unless told.
  else if (SSL_CERT_FILE === undefined && SSL_CERT_DIR === undefined && existsSync('/etc/ssl/certs/ca-certificates.crt'))
    env['UV_SYSTEM_CERTS'] = process.env['UV_SYSTEM_CERTS'] ?? 'true';
  return env;
}
