import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../base/index.ts';
import { diskFiles } from '../base/node.ts';
import { readConfig } from '../config/index.ts';
import { askBuildkit, whyNoBuildkit } from '../dockerfile/buildkit.testing.ts';
import { askHadolint, whyNoHadolint } from '../lint/hadolint.testing.ts';
import { lint } from '../lint/index.ts';
import { makePlan, type Plan } from '../plan/index.ts';
import { readService } from '../service/index.ts';
import { mergePatterns, writeFiles } from './index.ts';

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));
const example = fileURLToPath(new URL('../../examples/weather-tracker', import.meta.url));

/** The plan of a fixture; undefined where there is none. */
async function planOf(folder: string): Promise<Plan | undefined> {
  const config = join(folder, 'plimsoll.yaml');
  const service = await readService(await diskFiles(folder), { folderName: 'service' });
  try {
    return makePlan(service, existsSync(config) ? readConfig(readFileSync(config, 'utf8')) : {});
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

describe('golden files of', () => {
  test.each(written.filter(({ name }) => existsSync(join(fixtures, name))))('$name', ({ name, text, ignore }) => {
    const golden = join(fixtures, name, 'files.txt');
    const all = `== Dockerfile\n${text}== .dockerignore\n${ignore}`;
    if (process.env['PLIMSOLL_GOLDEN'] === 'write') writeFileSync(golden, all);
    expect(all).toBe(readFileSync(golden, 'utf8'));
  });
});

describe('the Dockerfiles', () => {
  test('are of at least 25 repositories', () => {
    expect(written.length).toBeGreaterThanOrEqual(25);
  });

  test.each(['recommended', 'buildkit', 'hadolint'] as const)('leave the preset %s nothing to say', (preset) => {
    const found = written.flatMap(({ name, text, ignore }) => {
      const { findings, problems } = lint(text, { preset, ignore, path: 'Dockerfile' });
      return [...problems, ...findings].map(({ message }) => `${name}: ${message}`);
    });
    expect(found).toEqual([]);
  });

  test.skipIf(whyNoHadolint !== undefined)('leave hadolint nothing to say', async () => {
    const answers = await askHadolint(written.map(({ text }) => text));
    expect(
      answers.flatMap(({ refused, findings }, i) => ((refused ?? findings.length > 0) ? [written[i]?.name, refused, findings] : [])),
    ).toEqual([]);
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
