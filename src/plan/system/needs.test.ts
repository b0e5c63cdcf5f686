import { describe, expect, test } from 'vitest';
import { cite, memoryFiles, UserError } from '../../base/index.ts';
import { readConfig } from '../../config/index.ts';
import { readService } from '../../service/index.ts';
import { makePlan, type Plan } from '../index.ts';
import { BRINGS_ALL, SYSTEM_NEEDS } from './distributions.ts';
import { SYSTEM_PACKAGES } from './packages.ts';

async function planOf(requirements: string, source: string, config = ''): Promise<Plan> {
  const files = memoryFiles({
    'requirements.txt': `fastapi==0.115.5\nuvicorn==0.32.1\n${requirements}\n`,
    'main.py': `from fastapi import FastAPI\napp = FastAPI()\n${source}\n`,
  });
  return makePlan(await readService(files, { folderName: 'service' }), readConfig(config));
}
const decided = (plan: Plan) => plan.decisions.find(({ id }) => id === 'system-packages')!;
const bookworm = 'base: bookworm\n';

describe('the packages of the system', () => {
  test.each([
    ['python-magic==0.4.27', 'import magic', bookworm, 'libmagic1'],
    ['python-magic==0.4.27', 'import magic', '', 'libmagic1t64'],
    ['python-magic==0.4.27', 'def kind():\n    import magic', bookworm, 'libmagic1'],
    ['psycopg==3.2.3', 'import psycopg', '', 'libpq5'],
    ['psycopg[binary]==3.2.3', 'import psycopg', '', 'none'],
    ['psycopg==3.2.3\npsycopg-binary==3.2.3', 'import psycopg', '', 'none'],
    ['psycopg2-binary==2.9.10', 'import psycopg2', '', 'none'],
    // A driver is named by a URL: nothing imports it.
    ['sqlalchemy==2.0.36\npsycopg==3.2.3', 'URL = "postgresql+psycopg://db"', '', 'libpq5'],
    ['opencv-python==4.10.0.84', 'import cv2', '', 'libgl1 libglib2.0-0t64'],
    ['opencv-python==4.12.0.88', 'import cv2', '', 'none'],
    ['opencv-python', 'import cv2', '', 'none'],
    ['opencv-python-headless==4.10.0.84', 'import cv2', '', 'none'],
    ['', 'import subprocess\nsubprocess.run(["git", "log"])', '', 'git'],
    ['', 'import subprocess\nsubprocess.run("git log | head", shell=True)', '', 'dash git'],
    ['', 'import subprocess\ndef f(path):\n    line = ["ffmpeg", "-i", path]\n    subprocess.run(line)', '', 'ffmpeg'],
    ['', 'import os\ndef f(path):\n    os.system(f"ffmpeg -i {path}")', '', 'dash ffmpeg'],
    ['', 'import asyncio\nasync def f():\n    await asyncio.create_subprocess_exec("/usr/bin/pdftotext", "-")', '', 'poppler-utils'],
    ['', 'import ctypes\nmagic = ctypes.CDLL("libmagic.so.1")', bookworm, 'libmagic1'],
    ['', 'from ctypes.util import find_library\nname = find_library("geos_c")', bookworm, 'libgeos-c1v5'],
    ['', 'import subprocess, sys\nsubprocess.run([sys.executable, "-m", "x"])\nsubprocess.run(["./own.sh"])', '', 'none'],
  ])('%s, %s: %s %s', async (requirements, source, config, choice) => {
    expect(decided(await planOf(requirements, source, config)).choice).toBe(choice);
  });

  test('are given with the line that imports, and that which requires', async () => {
    const { because, decidedBy } = decided(await planOf('python-magic==0.4.27', 'import magic'));
    expect(decidedBy).toBe('detected');
    expect(because.map(cite)).toEqual(['main.py:3: magic', 'requirements.txt:3: python-magic==0.4.27']);
  });

  test('are in the recipe, with ldconfig only where `find_library` is asked', async () => {
    expect((await planOf('pyzbar==0.1.9', 'import pyzbar.pyzbar')).recipe).toMatchObject({
      packages: ['libzbar0t64'],
      findsLibraries: true,
    });
    expect((await planOf('python-magic==0.4.27', 'import magic')).recipe).not.toHaveProperty('findsLibraries');
  });

  test('of a dependency that nothing imports are not added, and that is said', async () => {
    const { choice, says } = decided(await planOf('pyzbar==0.1.9', ''));
    expect(choice).toBe('none');
    expect(says).toContain('nothing in the source imports it');
  });

  test('of a program that the table does not have are asked for', async () => {
    const { says } = decided(await planOf('', 'import subprocess\nsubprocess.run(["frobnicate"])'));
    expect(says).toContain('no package is known for the program `frobnicate`');
  });

  test.each([
    ['systemPackages: false\n', 'none', []],
    ['systemPackages: []\n', 'none', []],
    ['systemPackages: [libmagic-mgc]\n', 'libmagic-mgc', ['libmagic-mgc']],
  ])('are what plimsoll.yaml says: %s', async (config, choice, packages) => {
    const plan = await planOf('python-magic==0.4.27', 'import magic', config);
    expect(decided(plan)).toMatchObject({ choice, decidedBy: 'config' });
    expect(plan.recipe.packages).toEqual(packages);
  });

  test.each([
    ['python:3.13-alpine', ['libmagic']],
    ['python:3.12-slim-bookworm', ['libmagic1']],
    ['public.ecr.aws/amazonlinux/amazonlinux:2023', ['file-libs']],
  ])('of a Dockerfile on %s have the names of its family', async (base, names) => {
    const plan = await planOf('python-magic==0.4.27', 'import magic', `dockerfile: { base: "${base}" }\n`);
    expect(plan.dockerfile.packages.map(({ name }) => name)).toEqual(names);
    expect(plan.recipe.packages).toEqual(['libmagic1t64']);
  });

  test('of what there is only source for are compiled in the Dockerfile, against headers that stay in its first stage', async () => {
    const { dockerfile } = await planOf('psycopg2==2.9.10', 'import psycopg2', 'dockerfile: { base: "python:3.13-alpine" }\n');
    expect(dockerfile).toMatchObject({ compiles: true, headers: ['libpq-dev'] });
    expect(dockerfile.packages.map(({ name }) => name)).toEqual(['libpq']);
    expect((await planOf('psycopg2-binary==2.9.10', 'import psycopg2')).dockerfile).toMatchObject({ compiles: false, headers: [] });
  });

  test.each([
    ['pdfkit==1.0.0', 'import pdfkit', 'base: trixie\n', 'Debian trixie has no package of wkhtmltopdf'],
    ['pyzbar==0.1.9', 'import pyzbar', 'dockerfile: { base: "amazonlinux:2023" }\n', 'Amazon Linux 2023 has no package of zbar'],
  ])('that a distribution does not have are refused at the import: %s', async (requirements, source, config, message) => {
    const error: unknown = await planOf(requirements, source, config).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ message: expect.stringContaining(message), at: { file: 'main.py', line: 3 } });
  });
});

test('every package of the table is asked for by a distribution, or has a program or a library', () => {
  const asked = new Set<string>(SYSTEM_NEEDS.flatMap(({ needs }) => needs));
  const idle = Object.entries(SYSTEM_PACKAGES).filter(([id, row]) => !asked.has(id) && !('programs' in row) && !('libraries' in row));
  expect(idle).toEqual([]);
});

test('no distribution is in the table twice, and none that brings all is in it', () => {
  const names = SYSTEM_NEEDS.map(({ distribution }) => distribution);
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => BRINGS_ALL.includes(name))).toEqual([]);
});
