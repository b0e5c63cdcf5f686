import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../base/index.ts';
import { fixtureFiles } from '../base/fixtures.testing.ts';
import { diskFiles } from '../base/node.ts';
import { readConfig } from '../config/index.ts';
import { askBuildkit, whyNoBuildkit } from '../dockerfile/buildkit.testing.ts';
import { askHadolint, whyNoHadolint } from '../lint/hadolint.testing.ts';
import { lint } from '../lint/index.ts';
import { makePlan, type Plan } from '../plan/index.ts';
import { readService } from '../service/index.ts';
import { mergePatterns, writeFiles } from './index.ts';
import { matrix } from './matrix.testing.ts';

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));
const example = fileURLToPath(new URL('../../examples/weather-tracker', import.meta.url));

/** The plan of a fixture; undefined where there is none, or none that a Dockerfile can carry out. */
async function planOf(folder: string): Promise<Plan | undefined> {
  const config = join(folder, 'plimsoll.yaml');
  const service = await readService(await diskFiles(folder, new Set(), dirname(folder)), { folderName: 'service' });
  try {
    const plan = makePlan(service, existsSync(config) ? readConfig(readFileSync(config, 'utf8')) : {});
    writeFiles(plan);
    return plan;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

const named = await Promise.all(
  [...readdirSync(fixtures).map((name) => [name, join(fixtures, name, 'service')] as const), ['weather-tracker', example] as const].map(
    async ([name, folder]) => ({ name, folder, plan: await planOf(folder) }),
  ),
);
const written = named.flatMap(({ name, folder, plan }) => {
  const ignore = join(folder, '.dockerignore');
  const files = plan && writeFiles(plan);
  const own = existsSync(ignore) ? readFileSync(ignore, 'utf8') : '';
  return files === undefined
    ? []
    : [{ name, folder, text: files[0]?.text ?? '', ignore: mergePatterns('', own, files[1]?.text ?? '').text }];
});

const ofFixtures = written.length;
for (const { name, plan } of await matrix()) {
  const [dockerfile, ignore] = writeFiles(plan);
  written.push({ name, folder: '', text: dockerfile?.text ?? '', ignore: ignore?.text ?? '' });
}

describe('golden files of', () => {
  test.each(written.filter(({ name }) => existsSync(join(fixtures, name))))('$name', ({ name, text, ignore }) => {
    const golden = join(fixtures, name, 'files.txt');
    const all = `== Dockerfile\n${text}== .dockerignore\n${ignore}`;
    if (process.env['PLIMSOLL_GOLDEN'] === 'write') writeFileSync(golden, all);
    expect(all).toBe(readFileSync(golden, 'utf8'));
  });
});

/** What hadolint says of written files because no line can satisfy it: each with its reason, which the file gives too. */
const EXCEPTIONS = [
  {
    code: 'DL3041',
    // It takes no pattern, and the exact versions are those of the image's release, whose repositories nobody asks here.
    in: (text: string) => /^FROM \S*amazonlinux/m.test(text),
  },
] as const;

test.each(['python-workspace', 'python-monorepo', 'python-path-deps'])(
  '%s takes packages of its repository, and is refused rather than written without them',
  async (name) => {
    const plan = makePlan(await readService(await fixtureFiles(name), { folderName: name }), {});
    expect(() => writeFiles(plan)).toThrow('Dockerfiles that do so are not written yet');
  },
);

describe('the Dockerfiles', () => {
  test('are of at least 25 repositories, and of each combination of what plimsoll.yaml may say', () => {
    expect(ofFixtures).toBeGreaterThanOrEqual(25);
    expect(written.length - ofFixtures).toBe(5 * 3 * 3 * 3 + 10 + 10);
  });

  test.each(['recommended', 'buildkit', 'hadolint'] as const)(
    'leave the preset %s nothing to say but what no line can satisfy',
    (preset) => {
      const found = written.flatMap(({ name, text, ignore }) => {
        const { findings, problems } = lint(text, { preset, ignore, path: 'Dockerfile' });
        const open = findings.filter(
          (each) => preset !== 'hadolint' || !EXCEPTIONS.some((it) => each.rule.aliases.includes(it.code) && it.in(text)),
        );
        return [...problems, ...open].map(({ message }) => `${name}: ${message}`);
      });
      expect(found).toEqual([]);
    },
  );

  test.skipIf(whyNoHadolint !== undefined)('leave hadolint nothing to say but what no line can satisfy', async () => {
    const answers = await askHadolint(written.map(({ text }) => text));
    const found = answers.flatMap(({ refused, findings }, i) => {
      const { name = '', text = '' } = written[i] ?? {};
      return [...(refused === undefined ? [] : [refused]), ...findings.map(({ code }) => code)].map((said) => ({ name, text, said }));
    });
    expect(found.filter(({ said, text }) => !EXCEPTIONS.some((it) => it.code === said && it.in(text)))).toEqual([]);
    // Each exception is met: what nothing needs any more goes from the list.
    expect(EXCEPTIONS.filter((it) => !found.some(({ said, text }) => it.code === said && it.in(text)))).toEqual([]);
  });

  test('hide nothing from hadolint, and say each contradiction where it is', () => {
    for (const { name, text } of written) {
      expect(`${name}: ${text}`).not.toMatch(/hadolint (global |stage )?ignore|check=skip/);
      for (const { code, in: isIn } of EXCEPTIONS)
        if (isIn(text))
          expect(text.split('RUN').filter((part) => part.includes(`(${code}): none is known`)).length).toBe(
            text.split('dnf install').length - 1,
          );
    }
  });

  test.each([
    ['python:3.12-slim', 'DL3008'],
    ['python:3.12-alpine', 'DL3018'],
  ])('on %s a package that nobody knows a version of keeps its finding, and the file says so', async (base, code) => {
    const service = await readService(await diskFiles(example), { folderName: 'service' });
    const plan = makePlan(service, readConfig(`dockerfile: { base: "${base}", buildPackages: [libpq-dev] }`));
    const text = writeFiles(plan)[0]?.text ?? '';
    expect(text).toContain('libpq-dev: in the version that the distribution has');
    expect(text).toContain(`hadolint asks for a version with each (${code})`);
    const { findings } = lint(text, { preset: 'hadolint', path: 'Dockerfile' });
    expect(findings.map(({ message }) => message)).toEqual([expect.stringContaining('libpq-dev')]);
  });

  test.skipIf(whyNoBuildkit !== undefined)('leave BuildKit nothing to say', () => {
    const answers = askBuildkit(written.map(({ text }) => text));
    const said = answers.map(({ warnings, parseError, stageError, buildError, panic }, i) => ({
      name: written[i]?.name,
      said: [...(warnings ?? []), parseError, stageError, buildError, panic].filter((each) => each !== undefined),
    }));
    expect(said.filter((each) => each.said.length > 0)).toEqual([]);
  });
});

describe('a Dockerfile', async () => {
  const all = await matrix();
  const textOf = (start: string): string => {
    const found = all.find(({ name }) => name.startsWith(start));
    if (found === undefined) throw new Error(`no plan is called ${start}`);
    return writeFiles(found.plan)[0]?.text ?? '';
  };
  const lastStage = (text: string): string => text.slice(text.lastIndexOf('\nFROM '));
  const amazon = `public.ecr.aws/amazonlinux/amazonlinux:2023@sha256:${'0'.repeat(64)}`;

  test.each(all.filter(({ plan }) => plan.dockerfile.stages === 'multi'))('$name leaves compilers in its builder', ({ plan }) => {
    expect(lastStage(writeFiles(plan)[0]?.text ?? '')).not.toMatch(/gcc|build-base|-devel|linux-headers|libc6-dev/);
  });

  test('on Amazon Linux has uv in the builder alone, and /app/.venv copied', () => {
    const text = textOf(`uv ${amazon} venv multi curl`);
    expect(text).toContain('uv sync --frozen --no-dev');
    expect(lastStage(text)).not.toContain('uv==');
    expect(lastStage(text)).toContain('COPY --from=builder /app/.venv /app/.venv');
    // The image has curl-minimal, and the package curl conflicts with it (Amazon Linux 2023 User Guide, "curl").
    expect(lastStage(text)).toContain(' curl-minimal ');
  });

  test('by wheels installs from the builder’s folder alone, which stays in no layer', () => {
    const text = textOf('requirements python:3.12-slim wheels');
    expect(text).toContain('-m pip wheel --wheel-dir /wheels');
    expect(lastStage(text)).toMatch(/--mount=type=bind,from=builder,source=\/wheels,target=\/wheels .*\n.*--no-index --no-deps \/wheels/);
    expect(lastStage(text)).not.toContain('COPY --from=builder');
  });

  test('runs what the service makes of itself without network, with values that stay in no ENV and no ARG', () => {
    const text = textOf('made python:3.12-slim multi');
    expect(lastStage(text)).toContain(
      "RUN --network=none --mount=type=tmpfs,target=/tmp \\\n    DATABASE_URL=postgresql://plimsoll:dummy@127.0.0.1:5432/plimsoll \\\n    GREETING='it'\\''s $5 today' \\\n    python make.py \\\n    && DATABASE_URL=",
    );
    expect(lastStage(text)).toContain("    MODE='all of it' \\\n    ./render.sh 'a b'\n");
    expect(text).not.toMatch(/^(ENV|ARG)[^\n]*(\\\n[^\n]*)*(DATABASE_URL|GREETING|MODE)/m);
    expect(lastStage(text).indexOf('make.py')).toBeLessThan(lastStage(text).indexOf('USER '));
  });

  test('compiles translations in a stage that is thrown away; with one stage, in that', () => {
    const text = textOf('made python:3.11-alpine multi');
    expect(lastStage(text)).toContain('COPY --from=translations /app .\n');
    expect(lastStage(text)).not.toContain('gettext');
    expect(text).toContain("for po in ./locale/*/LC_MESSAGES/*.po ./'more words'/locale/*/LC_MESSAGES/*.po; do");
    const single = textOf('made python:3.12-slim single');
    expect(single.match(/^FROM/gm)).toHaveLength(1);
    expect(single.indexOf('gettext=0.23.1-*')).toBeLessThan(single.indexOf('COPY . .'));
    expect(single.indexOf('COPY . .')).toBeLessThan(single.indexOf('msgfmt'));
  });

  test('of one stage says that it is for development only', () => {
    expect(textOf('requirements python:3.12-slim venv single')).toContain('for development only');
  });

  test('pins curl to what the suite of its image has', () => {
    expect(textOf('requirements python:3.11.6-slim venv multi curl')).toContain('curl=7.88.1-*');
    expect(textOf('requirements python:3.12-slim venv multi curl')).toContain('curl=8.14.1-*');
    expect(textOf('requirements python:3.11-alpine venv multi curl')).toContain('curl~8');
  });

  test('with uWSGI compiles it in the builder and starts it by itself', () => {
    const text = textOf('requirements python:3.11.6-slim venv uwsgi');
    expect(text).toContain('gcc=4:12.2.0-* libc6-dev=2.36-*');
    expect(text).toContain('CMD ["uwsgi", "--http", ":8000"');
    expect(text).not.toContain('--only-binary');
  });
});
