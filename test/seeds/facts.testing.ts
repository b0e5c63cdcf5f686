import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { silent } from '../../src/base/index.ts';
import { openStore } from '../../src/base/node.ts';
import { findUv, uvEnvironment } from '../../src/build/direct/python/index.ts';
import { askBuildkit, whyNoBuildkit } from '../../src/dockerfile/buildkit.testing.ts';
import { askHadolint, whyNoHadolint } from '../../src/lint/hadolint.testing.ts';
import { lint } from '../../src/lint/index.ts';
import type { Plan } from '../../src/plan/index.ts';
import { copyOf, plimsoll } from '../plimsoll.ts';
import type { Facts } from './check.testing.ts';

/** Files of a folder by path; `prefix` before each. */
export function filesIn(folder: string, prefix = ''): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const visit = (at: string): void => {
    for (const entry of readdirSync(join(folder, at), { withFileTypes: true })) {
      const path = at === '' ? entry.name : `${at}/${entry.name}`;
      if (entry.isDirectory() && !/^(\.plimsoll|__pycache__|\.venv|node_modules|\.pytest_cache)$/.test(entry.name)) visit(path);
      else if (entry.isFile()) found.set(prefix + path, readFileSync(join(folder, path), 'utf8'));
    }
  };
  visit('');
  return found;
}

/** `plimsoll plan --json`. Throws what was said where there is none. */
export const planOf = (folder: string): Promise<Plan> => jsonOf<Plan>('plan', folder);

/** `plimsoll ship --json` of a copy: what a build leaves must not lie in the example. And what its image holds. */
export async function shippedOf(folder: string, copy: string): Promise<Pick<Facts, 'shipped' | 'image'>> {
  const shipped = await jsonOf<Facts['shipped']>('ship', copyOf(folder, copy));
  const image = join(copy, '.plimsoll/image');
  const { after } = await jsonOf<{ after: Facts['image'] }>('compare', image, image);
  return { shipped, image: after };
}

async function jsonOf<T>(...args: readonly string[]): Promise<T> {
  const end = await plimsoll([...args, '--json']);
  if (end.stdout === '') throw new Error(end.stderr);
  return JSON.parse(end.stdout) as T;
}

/** What is said of a Dockerfile: by the three presets, by hadolint, by BuildKit. */
export async function saidOf(path: string, text: string, ignore: string | undefined): Promise<readonly string[]> {
  const ours = (['recommended', 'buildkit', 'hadolint'] as const).flatMap((preset) => {
    const { findings, problems } = lint(text, { preset, path, ...(ignore === undefined ? {} : { ignore }) });
    return [
      ...problems.map(({ message }) => `${preset}: ${message}`),
      ...findings.map(({ rule, message }) => `${preset}: ${[rule.id, ...rule.aliases].join(' ')}: ${message}`),
    ];
  });
  const hadolint = whyNoHadolint === undefined ? await askHadolint([text]) : [];
  const buildkit = whyNoBuildkit === undefined ? askBuildkit([text]) : [];
  return [
    ...ours,
    ...hadolint.flatMap(({ refused, findings }) => [
      ...(refused === undefined ? [] : [`hadolint: ${refused}`]),
      ...findings.map(({ code, line }) => `hadolint: ${code} on line ${line}`),
    ]),
    ...buildkit.flatMap(({ warnings = [], parseError, stageError, buildError }) =>
      [...warnings, parseError, stageError, buildError].flatMap((each) => (each === undefined ? [] : [`BuildKit: ${each.message}`])),
    ),
  ];
}

/** The first interpreter of this machine that the examples allow. */
const python = ['/usr/bin/python3', 'python3', 'python3.11', 'python3.12', 'python3.13'].find(
  (name) => spawnSync(name, ['-c', 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))']).status === 0,
);

/** Runs an example's own tests in a copy, with what requirements-dev.txt names. Throws what they said when one fails. */
export async function pytestOf(folder: string, copy: string): Promise<ReadonlySet<string>> {
  if (python === undefined) throw new Error('no Python from 3.11 to 3.13 on this machine');
  const place = copyOf(folder, copy);
  const venv = `${copy}-venv`;
  const run = (file: string, ...args: string[]): void => {
    const end = spawnSync(file, args, {
      cwd: place,
      encoding: 'utf8',
      maxBuffer: 1 << 26,
      env: { ...uvEnvironment(), PYTHONDONTWRITEBYTECODE: '1' },
    });
    if (end.status !== 0) throw new Error(`${file} ${args.join(' ')}: ${end.status}\n${end.stdout}${end.stderr}`);
  };
  const store = await openStore();
  const uv = await findUv(store, silent, () => Promise.reject(new Error('no pip'))).finally(() => store.close());
  run(uv, 'venv', '--quiet', '--python', python, venv);
  run(
    uv,
    'pip',
    'install',
    '--quiet',
    '--python',
    venv,
    '-r',
    existsSync(join(place, 'requirements-dev.txt')) ? 'requirements-dev.txt' : '.[dev]',
  );
  run(join(venv, 'bin/python'), '-m', 'pytest', '-q', '-p', 'no:cacheprovider', '--junitxml=junit.xml', '-o', 'junit_family=xunit1');
  return passedIn(readFileSync(join(place, 'junit.xml'), 'utf8'));
}

/** Names in a JUnit file of pytest's xunit1 family: `tests/test_a.py::test_b`; what was skipped is not among them. */
export function passedIn(junit: string): ReadonlySet<string> {
  const passed = new Set<string>();
  for (const [, attributes = '', rest = ''] of junit.matchAll(/<testcase ([^>]*?)(\/>|>[\s\S]*?<\/testcase>)/g)) {
    if (/<(skipped|failure|error)\b/.test(rest)) continue;
    const named = (name: string): string => new RegExp(`(?:^| )${name}="([^"]*)"`).exec(attributes)?.[1] ?? '';
    passed.add(`${named('file')}::${named('name')}`);
  }
  return passed;
}
