import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gates } from '../src/prove/index.ts';
import { startEngine, whyNoEngine, type Engines } from '../src/run/docker/engines.testing.ts';
import { whyNoContainers } from '../src/run/kit.testing.ts';
import { copyOf, fixtures, has, isRoot, plimsoll, root, scratch } from './plimsoll.ts';

interface Gate {
  readonly id: string;
  readonly outcome: string;
  readonly why?: string;
}

const RUNNERS = ['embedded', 'docker', 'podman'] as const;
type Id = (typeof RUNNERS)[number];

const place = scratch();
const engines: Engines[] = [];
const proofs = new Map<Id, readonly Gate[]>();
let why = isRoot ? await whyNoContainers() : 'the table in docs/runners.md is root’s';
for (const id of ['docker', 'podman'] as const) why ??= whyNoEngine(id);
if (!has('redis-server')) why ??= 'redis-server is not installed';

/** A service that gives every check something to measure: HTTP, redis beside it, and a variable that it needs. */
function serviceWithAll(to: string): string {
  const folder = copyOf(join(fixtures, 'python-redis/service'), to);
  const needed = 'NAME = os.environ.get("SITE_NAME")\nif not NAME:\n    raise SystemExit("SITE_NAME is not set")\n';
  const source = join(folder, 'app.py');
  writeFileSync(source, readFileSync(source, 'utf8').replace('\n\ncache = ', `\n\n${needed}cache = `));
  appendFileSync(join(folder, 'plimsoll.yaml'), '  env: { SITE_NAME: visits }\nbudget: { ready: 60 s }\n');
  return folder;
}

async function provedBy(image: string, id: Id): Promise<readonly Gate[]> {
  const end = await plimsoll(['prove', join(place.folder, 'service'), '--image', image, '--runner', id, '--json']);
  expect(end.stdout, end.stderr).not.toBe('');
  return (JSON.parse(end.stdout) as { readonly gates: readonly Gate[] }).gates;
}

beforeAll(async () => {
  if (why !== undefined) return;
  for (const id of ['docker', 'podman'] as const) engines.push(await startEngine(id));
  const folder = serviceWithAll(join(place.folder, 'service'));
  const built = await plimsoll(['build', folder]);
  expect(built.code, built.stderr).toBe(0);
  const image = join(place.folder, 'image');
  cpSync(join(folder, '.plimsoll/image'), image, { recursive: true });
  for (const id of RUNNERS) proofs.set(id, await provedBy(`oci:${image}`, id));
}, 600_000);
afterAll(async () => {
  for (const each of engines) await each.stop();
  place.remove();
});

/** True for a check that starts containers. */
const runs = (id: string): boolean => gates.some((gate) => gate.id === id && gate.needs.length > 0);

const MARKS: Readonly<Record<string, string>> = { passed: 'passed', failed: 'failed', skipped: 'skipped', unproven: 'unproven' };

/** The table of docs/runners.md, and what each `unproven` in it says. */
function table(): string {
  const ids = proofs.get('embedded')!.map(({ id }) => id);
  const of = (runner: Id, id: string): Gate | undefined => proofs.get(runner)!.find((gate) => gate.id === id);
  const rows = ids.map((id) => `| \`${id}\` | ${RUNNERS.map((runner) => MARKS[of(runner, id)?.outcome ?? '']).join(' | ')} |`);
  const open = RUNNERS.flatMap((runner) =>
    ids.flatMap((id) => (of(runner, id)?.outcome === 'unproven' ? [`- \`${id}\` by ${runner}: ${of(runner, id)?.why}`] : [])),
  );
  const still = ids.filter((id) => !runs(id)).map((id) => `\`${id}\``);
  return [
    `| check | ${RUNNERS.join(' | ')} |`,
    `| --- | ${RUNNERS.map(() => '---').join(' | ')} |`,
    ...rows,
    '',
    `No container is started for ${still.join(', ')}: those come to the same with any runner, and two of them are asked for something else here: \`lint\` for a Dockerfile that made the image, \`reproducible\` for a second build.`,
    '',
    open.length === 0 ? 'No pair of check and runner is unproven there.' : ['Unproven:', '', ...open].join('\n'),
  ].join('\n');
}

describe.skipIf(why !== undefined)(`one image, proven by each runner${why === undefined ? '' : ` (${why})`}`, () => {
  test('has the same outcome of each check', () => {
    const outcomes = (id: Id): readonly string[] => proofs.get(id)!.map((gate) => `${gate.id} ${gate.outcome}`);
    for (const id of RUNNERS) expect(outcomes(id), JSON.stringify(proofs.get(id))).toEqual(outcomes('embedded'));
  });

  test('is measured by two runners at least, for each check that runs it', () => {
    const measured = (id: string): number =>
      RUNNERS.filter((runner) => proofs.get(runner)!.find((gate) => gate.id === id)?.outcome === 'passed').length;
    expect(
      gates.map(({ id }) => id).filter((id) => runs(id) && measured(id) < 2),
      JSON.stringify(proofs.get('embedded')),
    ).toEqual([]);
  });

  test('leaves unproven what docs/runners.md says, and nothing else', () => {
    console.log(table());
    const page = join(root, 'docs/runners.md');
    const text = readFileSync(page, 'utf8');
    const [before, , after] = text.split(/(?<=<!-- table -->\n)|(?=<!-- end -->)/);
    const wanted = `${before}\n${table()}\n\n${after}`;
    if (process.env['PLIMSOLL_GOLDEN'] === 'write') writeFileSync(page, wanted);
    expect(readFileSync(page, 'utf8')).toBe(wanted);
  });

  test('leaves nothing behind in Docker', () => {
    const listed = (...words: string[]): string => spawnSync('docker', words, { encoding: 'utf8' }).stdout.trim();
    expect([listed('ps', '-aq'), listed('volume', 'ls', '-q'), listed('images', '-q')]).toEqual(['', '', '']);
  });
});
