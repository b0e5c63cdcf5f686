import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { UserError } from '../base/index.ts';
import { fixtureFiles } from '../base/fixtures.testing.ts';
import { diskFiles } from '../base/node.ts';
import { makePlan, type Plan } from '../plan/index.ts';
import { readService } from '../service/index.ts';
import { askBake, whyNoBuildx } from './buildx.testing.ts';
import { writeFiles, type WrittenFile } from './index.ts';
import { askEcs, askOrchestrators, askWorkflow, whyNoOrchestrators, whyNoPython } from './orchestrators.testing.ts';
import { field, map, yamlText, type Yaml } from './yaml.ts';

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));
const KINDS = ['compose', 'env', 'kubernetes', 'ecs', 'bake', 'workflow', 'makefile'] as const;
const place = mkdtempSync(join(tmpdir(), 'plimsoll-beside-'));
afterAll(() => rmSync(place, { recursive: true }));

async function planOf(name: string, volumes: readonly string[]): Promise<Plan | undefined> {
  const service = await readService(await fixtureFiles(name), { folderName: 'service' });
  try {
    const plan = makePlan(service, {
      files: [...KINDS],
      volumes: [...volumes],
      limits: volumes.length > 0 ? { memory: '300 MiB', cpus: 0.5 } : {},
    });
    writeFiles(plan);
    return plan;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** Each repository twice: as it is, and with something to keep. */
const plans = (
  await Promise.all(
    readdirSync(fixtures).flatMap((name) =>
      [[], ['/app/data']].map(async (volumes) => ({ name: `${name} ${volumes.join('')}`, plan: await planOf(name, volumes) })),
    ),
  )
).flatMap(({ name, plan }) => (plan === undefined ? [] : [{ name, plan, files: new Map(writeFiles(plan).map((f) => [f.path, f.text])) }]));

const texts = (path: string): readonly string[] => plans.map(({ files }) => files.get(path) ?? '');

describe('the files beside the Dockerfile', () => {
  test('are of at least 50 plans', () => {
    expect(plans.length).toBeGreaterThanOrEqual(50);
    expect([...(plans[0]?.files.keys() ?? [])]).toEqual([
      'Dockerfile',
      '.dockerignore',
      'compose.yaml',
      '.env.example',
      'deploy/kubernetes.yaml',
      'deploy/ecs-task-definition.json',
      'docker-bake.hcl',
      '.github/workflows/image.yaml',
      'Makefile',
    ]);
  });

  test.skipIf(whyNoOrchestrators !== undefined)('are what Compose, Kubernetes and HCL read, and are admitted as restricted', () => {
    const environmentOf = (plan: Plan): Record<string, string> => ({
      ...Object.fromEntries(plan.contract.environment.filter(({ required }) => required).map(({ name }) => [name, 'x'])),
      ...Object.fromEntries(['POSTGRES', 'MYSQL', 'RABBITMQ'].map((each) => [`${each}_PASSWORD`, 'x'])),
    });
    const answers = askOrchestrators([
      ...plans.map(({ plan, files }) => ({
        kind: 'compose' as const,
        text: files.get('compose.yaml') ?? '',
        environment: environmentOf(plan),
      })),
      ...texts('deploy/kubernetes.yaml').map((text) => ({ kind: 'kubernetes' as const, text })),
      ...texts('docker-bake.hcl').map((text) => ({ kind: 'bake' as const, text, environment: { CACHE: 'r/c', REVISION: 'abc' } })),
      // What must be refused, so that silence means something.
      { kind: 'compose', text: (plans[0]?.files.get('compose.yaml') ?? '').replace('read_only:', 'read_onli:') },
      {
        kind: 'kubernetes',
        text: (plans[0]?.files.get('deploy/kubernetes.yaml') ?? '').replace('runAsNonRoot: true', 'runAsNonRoot: false'),
      },
      { kind: 'bake', text: (plans[0]?.files.get('docker-bake.hcl') ?? '').replace('platforms  =', 'platform =') },
    ]);
    expect(answers.slice(0, -3).flatMap(({ problems }, i) => problems.map((each) => `${plans[i % plans.length]?.name}: ${each}`))).toEqual(
      [],
    );
    expect(answers.slice(-3).map(({ problems }) => problems.length > 0)).toEqual([true, true, true]);
  });

  test.skipIf(whyNoBuildx !== undefined)('hold a bake file of which buildx makes both targets', () => {
    const path = join(place, 'docker-bake.hcl');
    for (const text of new Set(texts('docker-bake.hcl'))) {
      writeFileSync(path, text);
      const name = /^target "(.*)" \{$/m.exec(text)?.[1] ?? '';
      const { [name]: image, local } = askBake(
        path,
        { REGISTRY: 'registry.example/', CACHE: 'registry.example/c', REVISION: 'abc' },
        name,
        'local',
      );
      expect(image).toMatchObject({
        context: '.',
        dockerfile: 'Dockerfile',
        tags: [expect.stringMatching(`^registry.example/${name}:`)],
        platforms: ['linux/amd64', 'linux/arm64'],
        labels: { 'org.opencontainers.image.revision': 'abc' },
        pull: true,
        'cache-from': [{ type: 'registry', ref: 'registry.example/c' }],
        attest: [{ type: 'provenance', mode: 'max' }, { type: 'sbom' }],
      });
      const off = ['provenance', 'sbom'].map((type) => ({ type, disabled: true }));
      expect(local).toMatchObject({ output: [{ type: 'docker' }], attest: off });
      expect(local).not.toHaveProperty('platforms');
    }
    writeFileSync(path, (texts('docker-bake.hcl')[0] ?? '').replace('["linux/amd64", "linux/arm64"]', '{}'));
    expect(() => askBake(path, {}, 'local')).toThrow('platforms');
  });

  test.skipIf(whyNoPython !== undefined)('are what botocore sends to ECS', () => {
    const all = texts('deploy/ecs-task-definition.json');
    expect(askEcs(all).filter((each) => each !== '')).toEqual([]);
    expect(askEcs([(all[0] ?? '').replace('"stopTimeout": ', '"stopTime": ')])[0]).toContain('stopTime');
  });

  test.skipIf(whyNoPython !== undefined)('hold a workflow as GitHub’s schema wants it', () => {
    const path = join(place, 'image.yaml');
    const text = texts('.github/workflows/image.yaml')[0] ?? '';
    writeFileSync(path, text);
    expect(askWorkflow(path)).toBeUndefined();
    writeFileSync(path, text.replace('runs-on', 'runs-of'));
    expect(askWorkflow(path)).toContain('runs-on');
  });

  test('hold a Makefile that make reads, with each target', () => {
    for (const text of new Set(texts('Makefile'))) {
      writeFileSync(join(place, 'Makefile'), text);
      for (const target of ['build', 'test-unit', 'lint', 'run', 'prove'])
        expect(execFileSync('make', ['--dry-run', '--directory', place, target], { encoding: 'utf8' })).not.toBe('');
      expect(execFileSync('make', ['--directory', place], { encoding: 'utf8' })).toContain('make test-unit');
    }
  });

  test('make the bucket that the service reads the name of', () => {
    const compose = plans.find(({ name }) => name === 'python-companions ')?.files.get('compose.yaml') ?? '';
    const { services } = parse(compose) as { services: Record<string, { environment: Record<string, string> }> };
    expect(services['s3-bucket']?.environment['BUCKET']).toMatch(/^\$\{S3_BUCKET:\?/);
  });

  test('are the same once they lie in the repository', async () => {
    for (const name of ['python-companions', 'python-fastapi', 'python-writes', 'python-forks', 'python-tcp']) {
      const folder = join(place, name);
      cpSync(join(fixtures, name, 'service'), folder, { recursive: true });
      const own = async (): Promise<readonly WrittenFile[]> =>
        writeFiles(makePlan(await readService(await diskFiles(folder), { folderName: 'service' }), { files: [...KINDS] }));
      const first = await own();
      for (const { path, text } of first) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      expect(await own()).toEqual(first);
    }
  });

  test('name every variable that the service reads, and no secret’s value', () => {
    for (const { plan, files } of plans)
      for (const { name, value, secret, default: own } of plan.contract.environment) {
        if (value !== undefined) continue;
        for (const path of ['compose.yaml', '.env.example', 'deploy/kubernetes.yaml']) expect(files.get(path)).toContain(name);
        if (secret && own !== undefined && own.length > 3)
          for (const path of ['compose.yaml', '.env.example', 'deploy/kubernetes.yaml']) expect(files.get(path)).not.toContain(own);
      }
  });
});

describe('the ECS task definition', () => {
  interface Container {
    readonly environment: readonly { readonly name: string; readonly value: string }[];
    readonly secrets: readonly { readonly name: string }[];
    readonly dockerLabels?: Readonly<Record<string, string>>;
  }
  const containers = plans.map(({ plan, files }) => {
    const { containerDefinitions } = JSON.parse(files.get('deploy/ecs-task-definition.json') ?? '') as {
      containerDefinitions: [Container];
    };
    return { plan, container: containerDefinitions[0] };
  });

  test('names every variable once: with a value, as a secret, or in a label that says it may be set', () => {
    for (const { plan, container } of containers) {
      const optional = Object.keys(container.dockerLabels ?? {}).map((key) => key.replace(/^variable\./, ''));
      const named = [...container.environment, ...container.secrets].map(({ name }) => name);
      const read = plan.contract.environment.filter(({ value }) => value === undefined).map(({ name }) => name);
      // Credentials and the address of AWS: a task has those of its role.
      const ofRole = read.filter((name) => /^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|ENDPOINT_URL)$/.test(name));
      expect([...named, ...optional].toSorted().filter((name) => !ofRole.includes(name))).toEqual(
        read.filter((name) => !ofRole.includes(name)).toSorted(),
      );
    }
    expect(containers.some(({ container }) => container.dockerLabels !== undefined)).toBe(true);
  });

  test('sets an optional variable to its default alone: an empty value is a value', () => {
    for (const { plan, container } of containers)
      for (const { name, value } of container.environment) {
        const variable = plan.contract.environment.find((each) => each.name === name);
        expect(value).toBe(variable?.default ?? `\${${name}}`);
        expect(variable?.required === true || value !== '').toBe(true);
      }
  });

  test('leaves envsubst nothing to change in a label', () => {
    for (const { container } of containers) expect(JSON.stringify(container.dockerLabels ?? {})).not.toContain('$');
  });
});

describe('the YAML', () => {
  test('is read as it was meant, by YAML 1.1 and 1.2', () => {
    const scalar = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.constantFrom('no', '1e3', '012', '- a', 'a: b', '#', '0x1', '1:30', '<<', '=', '.inf'),
    );
    const value = fc.letrec<{ any: unknown }>((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        scalar,
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie('any'), { maxKeys: 3, noNullPrototype: true }),
      ),
    })).any;
    const toYaml = (each: unknown): Yaml =>
      Array.isArray(each)
        ? each.map(toYaml)
        : typeof each === 'object' && each !== null
          ? map(...Object.entries(each).map(([key, inner]) => field(key, toYaml(inner), 'why')))
          : (each as Yaml);
    fc.assert(
      fc.property(value, (each) => {
        for (const version of ['1.1', '1.2'] as const)
          expect(parse(yamlText(map(field('it', toYaml(each)))), { version, uniqueKeys: false })).toEqual({ it: each });
      }),
    );
  });
});
